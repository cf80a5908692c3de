package ui

import "ferry/netcore"

// busy is what is being done with a peer at this moment.
type busy struct {
	sending, receiving bool
	done, files        int // of all transfers that move
}

// with adds a transfer, if it moves.
func (b busy) with(t netcore.Transfer) busy {
	if t.State != netcore.Running {
		return b
	}
	if t.Direction == netcore.Outgoing {
		b.sending = true
	} else {
		b.receiving = true
	}
	b.done += max(t.DoneFiles, t.FoundFiles) // those that are there already count, though it has not come to them yet
	b.files += t.Files
	return b
}

// phrase says so: "sending 3 of 318". It has no key if nothing is done.
func (b busy) phrase() phrase {
	all := args{"Done": count(b.done), "Files": count(b.files)}
	switch {
	case b.sending && b.receiving:
		return phrase{key: keyExchanging, args: all}
	case b.sending && b.files > 1:
		return phrase{key: keySendingFiles, args: all}
	case b.sending:
		return phrase{key: keySendingNow}
	case b.receiving && b.files > 1:
		return phrase{key: keyReceivingFiles, args: all}
	case b.receiving:
		return phrase{key: keyReceivingNow}
	}
	return phrase{}
}
