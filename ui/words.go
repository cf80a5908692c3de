package ui

import (
	"errors"
	"path/filepath"

	"ferry/netcore"
)

// A tone is what a row's colour says.
type tone int

const (
	toneQuiet  tone = iota // waits, or was stopped by a person
	toneActive             // moves
	toneGood               // all is there
	toneMixed              // most is there
	toneBad                // failed
)

func toneOf(t netcore.Transfer) tone {
	switch {
	case t.State == netcore.Running:
		return toneActive
	case t.State == netcore.Failed:
		return toneBad
	case t.State == netcore.Done && t.FailedCount > 0:
		return toneMixed
	case t.State == netcore.Done:
		return toneGood
	}
	return toneQuiet
}

// firstName is the name that stands for a transfer, and more is how many it
// leaves out.
func firstName(t netcore.Transfer) (name string, more int) {
	switch {
	case len(t.Names) > 0:
		return t.Names[0], len(t.Names) - 1
	case len(t.Paths) > 0:
		return filepath.Base(t.Paths[0]), len(t.Paths) - 1
	}
	return "", 0
}

// andMore puts a name that was made fit already among its followers.
func andMore(more int) func(name string) string {
	if more == 0 {
		return nil
	}
	return func(name string) string {
		return say(plurally(keyAndMore, more, args{"Name": name, "All": count(more + 1)}))
	}
}

// peerPhrase says where a transfer goes, or where it comes from.
func peerPhrase(t netcore.Transfer) phrase {
	k := keyTo
	if t.Direction == netcore.Incoming {
		k = keyFrom
	}
	return phrase{key: k, args: args{"Peer": t.Peer.Name}}
}

// caption is the second line of a row: the peer, and how it stands.
func caption(it item) []phrase {
	t := it.Transfer
	all := []phrase{peerPhrase(t)}
	switch t.State {
	case netcore.Queued:
		if waitsForPeer(t) {
			return append(all, phrase{key: keyWaitsFor, args: args{"Peer": t.Peer.Name}})
		}
		return append(all, phrase{key: keyPreparing})
	case netcore.Offered:
		if t.Direction == netcore.Incoming {
			return append(all, phrase{key: keyAsked})
		}
		return append(all, phrase{key: keyAsking})
	case netcore.Running, netcore.Paused:
		all = append(all, phrase{key: keyOf, args: args{"Done": formatDone(t.DoneBytes, t.Bytes), "Total": size(t.Bytes)}})
		return append(all, compared(t)...)
	case netcore.Done:
		return append(all, outcome(t)...)
	}
	return append(all, ending(it))
}

// compared is what the two have found out about what each of them has. It is
// complete when the first that is missing moves.
func compared(t netcore.Transfer) []phrase {
	if t.State != netcore.Running || t.DoneFiles <= t.FoundFiles && t.DoneBytes <= t.Found {
		return nil
	}
	var all []phrase
	if missing := t.Files - t.FoundFiles; t.FoundFiles > 0 && missing > 0 {
		k := keySendingRest
		if t.Direction == netcore.Incoming {
			k = keyReceivingRest
		}
		all = append(all, phrase{key: k, args: args{"Found": count(t.FoundFiles), "Files": count(t.Files), "Missing": count(missing)}})
	}
	if t.ChangedCount > 0 {
		all = append(all, plurally(keyChangedAnew, t.ChangedCount, nil))
	}
	return all
}

// outcome is what is to be said of a transfer that is done.
func outcome(t netcore.Transfer) []phrase {
	done, failed := keySent, keyUnsent
	if t.Direction == netcore.Incoming {
		done, failed = keyReceived, keyUnreceived
	}
	all := []phrase{{key: done, args: args{"Size": size(t.DoneBytes)}}}
	if t.Found > 0 {
		all = append(all, phrase{key: keyFound, args: args{"Size": size(t.Found)}})
	}
	if t.Unwanted > 0 {
		all = append(all, leftOut(t))
	}
	if t.ChangedCount > 0 {
		all = append(all, plurally(keyChangedAnew, t.ChangedCount, nil))
	}
	if t.RenamedCount > 0 {
		all = append(all, plurally(keyRenamed, t.RenamedCount, nil))
	}
	if t.FailedCount > 0 && len(t.FailedEntries) > 0 {
		// What failed is the news; the rest can be read in the details.
		first := t.FailedEntries[0]
		all = []phrase{plurally(failed, t.FailedCount, args{
			"All":    count(max(t.Files, t.DoneFiles+t.FailedCount) + t.Folders + t.Links), // some were not even offered
			"Path":   first.Path,
			"Reason": why(t, first.Err, first.Remote),
		})}
	}
	return all
}

// ending is why a transfer did not get to its end.
func ending(it item) phrase {
	t := it.Transfer
	var cause error = netcore.ErrInternal
	switch t.State {
	case netcore.Declined:
		cause = netcore.ErrDeclined
	case netcore.Cancelled:
		cause = netcore.ErrCancelled
	}
	remote := t.Err != nil && t.Err.Remote
	if t.State == netcore.Failed && t.Err != nil {
		cause = t.Err
	}
	if t.State == netcore.Cancelled && remote && t.Direction == netcore.Incoming && !it.ran {
		return phrase{key: keyWithdrawn, args: args{"Peer": t.Peer.Name}}
	}
	return why(t, cause, remote)
}

// waiting says what a paused transfer needs to go on.
func waiting(t netcore.Transfer) phrase {
	k := keyAway
	switch {
	case heldHere(t):
		k = keyHeldHere
	case isPausedBy(t, netcore.ErrPaused):
		k = keyHeldThere
	case isPausedBy(t, netcore.ErrNoSpace) && t.Direction == netcore.Incoming:
		k = keyNoRoomHere
	case isPausedBy(t, netcore.ErrNoSpace):
		k = keyNoRoomThere
	case isPausedBy(t, netcore.ErrBusy):
		k = keyBusyNow
	}
	return phrase{key: k, args: args{"Peer": t.Peer.Name}}
}

// waitsForPeer reports whether a transfer is in the outbox: it is sent as soon as its
// peer is here.
func waitsForPeer(t netcore.Transfer) bool {
	return t.State == netcore.Queued && t.Err != nil && errors.Is(t.Err, netcore.ErrOffline)
}

func isPausedBy(t netcore.Transfer, kind error) bool {
	return t.State == netcore.Paused && t.Err != nil && errors.Is(t.Err, kind)
}

// heldHere reports whether a person on this side holds a transfer.
func heldHere(t netcore.Transfer) bool { return isPausedBy(t, netcore.ErrPaused) && !t.Err.Remote }

// progress is the right end of the second line: how a transfer that was
// accepted moves, or why it does not.
func progress(it item) []phrase {
	t := it.Transfer
	switch {
	case t.State == netcore.Paused:
		return []phrase{waiting(t)}
	case t.State != netcore.Running:
		return nil
	}
	if t.Bytes > 0 && t.DoneBytes >= t.Bytes {
		return []phrase{{key: keyFinishing}}
	}
	if t.Rate <= 0 {
		if it.moved {
			return []phrase{{key: keyStill}}
		}
		return nil
	}
	all := []phrase{{key: keyRate, args: args{"Rate": speed(t.Rate)}}}
	if t.Left >= 0 {
		all = append(all, phrase{key: keyLeft, args: args{"Span": span(t.Left)}})
	}
	return all
}

// fraction is how much of a transfer is done, 0 to 1.
func fraction(t netcore.Transfer) float32 {
	switch {
	case t.State == netcore.Done:
		return 1
	case t.Bytes <= 0:
		return 0
	}
	return float32(min(max(float64(t.DoneBytes)/float64(t.Bytes), 0), 1))
}

// leftOut says how many files the receiver did not want.
func leftOut(t netcore.Transfer) phrase {
	if t.Direction == netcore.Incoming {
		return plurally(keyLeftOutMe, t.Unwanted, nil)
	}
	return plurally(keyLeftOut, t.Unwanted, args{"Peer": t.Peer.Name})
}
