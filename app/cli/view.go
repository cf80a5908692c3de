package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/netcore"
)

// A view shows what happens: to people on the screen, and to programs if they
// asked for it. One goroutine uses it.
type view struct {
	program *program
	serving bool                             // the node can be sent to
	opened  time.Time                        // since when
	active  []netcore.Transfer               // not final, in the order of their beginning
	began   map[netcore.TransferID]time.Time // when data began to flow, the last time
	peers   map[netcore.PeerID]netcore.Peer  // as they were told of last
	missing map[netcore.TransferID]bool      // it was said how much of it is missing
}

func newView(p *program) *view {
	return &view{
		program: p,
		began:   make(map[netcore.TransferID]time.Time),
		peers:   make(map[netcore.PeerID]netcore.Peer),
		missing: make(map[netcore.TransferID]bool),
	}
}

func (v *view) show(h happening) {
	p := v.program
	switch what := h.what.(type) {
	case nodeOpened:
		v.serving, v.opened = true, h.at
		p.json.listening(h.at, what)
		p.screen.note(openedText(what))
	case offerMade:
		p.json.offer(h.at, what.offer)
	case comparisonBegun:
		p.json.verification(h.at, what)
	case netcore.PeerChanged:
		p.json.peer(h.at, what.Peer)
		v.peer(what.Peer)
	case netcore.Warning:
		text := warningText(what)
		p.json.warning(h.at, what, text)
		p.screen.note("Warning: " + text)
		p.log.Debug("warning", "err", what.Err)
	case netcore.TransferChanged:
		v.transfer(h.at, what.Transfer)
	}
}

// peer tells people, of a node that goes on, what has become of the trust in a peer. A command that decides about
// one says so itself.
func (v *view) peer(now netcore.Peer) {
	before := v.peers[now.ID]
	v.peers[now.ID] = now
	switch {
	case !v.serving:
	case now.Verified.After(v.opened) && before.Verified.IsZero():
		v.program.screen.note(shortPeer(now) + " is verified")
	case before.ID == now.ID && !before.Blocked && now.Blocked:
		v.program.screen.note(shortPeer(now) + " is blocked")
	case before.ID == now.ID && before.AutoAccept != now.AutoAccept:
		v.program.screen.note("From " + shortPeer(now) + ": " + ruleText(now.AutoAccept))
	case before.Blocked && !now.Blocked:
		v.program.screen.note(shortPeer(now) + " is no longer blocked")
	}
}

func (v *view) transfer(at time.Time, t netcore.Transfer) {
	p := v.program
	before, known := v.update(t)
	changed := !known || before.State != t.State
	switch {
	case changed || pausedAnew(before, t):
		p.json.transfer(at, t)
	case t.State != netcore.Paused: // of a pause there is nothing more to tell
		p.json.progress(at, t)
	}
	if p.live {
		p.screen.setStatus(progressLine(v.active, p.width()-1))
	}
	if t.State == netcore.Running {
		v.compared(t)
	}
	switch {
	case !changed && !(pausedAnew(before, t) && goesOnText(before) != goesOnText(t)):
	case t.State == netcore.Running:
		v.began[t.ID] = at
		if before.State == netcore.Paused {
			v.interruption(resumedText(t))
		}
	case t.State == netcore.Paused:
		v.paused(t, known)
	case t.State.Final():
		v.ended(at, t)
	}
}

// compared tells once what the receiver lacks: when the first of that moves,
// for until then the two compare what they have.
func (v *view) compared(t netcore.Transfer) {
	if v.missing[t.ID] || t.DoneFiles <= t.FoundFiles && t.DoneBytes <= t.Found {
		return
	}
	v.missing[t.ID] = true
	if t.FoundFiles > 0 {
		v.program.screen.note(missingText(t))
	}
	if t.ChangedCount > 0 {
		v.program.screen.note(routeText(t) + ": " + changedText(t))
	}
}

// paused tells of an interruption; known is whether this run saw it begin.
func (v *view) paused(t netcore.Transfer, known bool) {
	delete(v.missing, t.ID) // when it goes on they compare anew
	v.program.log.Debug("transfer paused", "err", t.Err)
	switch {
	case !known:
		v.program.screen.note(leftoverText(t))
	case !closing(t):
		v.interruption(pausedText(t))
	}
}

// closing reports whether t is interrupted because this program ends.
func closing(t netcore.Transfer) bool {
	return t.Err != nil && !t.Err.Remote && errors.Is(t.Err, netcore.ErrShutdown)
}

// unfinished tells of the accepted transfers that are left when the program ends.
func (v *view) unfinished() {
	for _, t := range v.active {
		if t.State == netcore.Running || t.State == netcore.Paused {
			v.program.screen.note(unfinishedText(t))
		}
	}
}

// pausedAnew reports whether a transfer that is paused waits for another
// reason than before.
func pausedAnew(before, now netcore.Transfer) bool {
	return now.State == netcore.Paused && now.Err != nil && before.Err != nil &&
		netcore.ErrorCode(before.Err) != netcore.ErrorCode(now.Err)
}

// interruption prints a line about an interruption or its end. A terminal has
// the status for that.
func (v *view) interruption(line string) {
	if !v.program.live {
		v.program.screen.note(line)
	}
}

// update takes t into the list of active transfers, or out of it. It returns
// what was known of it before.
func (v *view) update(t netcore.Transfer) (before netcore.Transfer, known bool) {
	i := slices.IndexFunc(v.active, func(old netcore.Transfer) bool { return old.ID == t.ID })
	if i >= 0 {
		before = v.active[i]
	}
	switch {
	case i < 0 && !t.State.Final():
		v.active = append(v.active, t)
	case i >= 0 && t.State.Final():
		v.active = slices.Delete(v.active, i, i+1)
	case i >= 0:
		v.active[i] = t
	}
	return before, i >= 0
}

// ended prints the one line that every transfer ends with, and what is to be
// known of single entries.
func (v *view) ended(at time.Time, t netcore.Transfer) {
	p := v.program
	if t.State == netcore.Done {
		p.screen.result(doneText(t, v.took(at, t)))
	} else {
		p.screen.note(notDoneText(t))
	}
	delete(v.began, t.ID)
	delete(v.missing, t.ID)
	for _, entry := range t.FailedEntries {
		p.screen.note("  " + failedText(entry, t.Direction))
		p.log.Debug("entry failed", "path", entry.Path, "err", entry.Err)
	}
	if more := t.FailedCount - len(t.FailedEntries); more > 0 {
		p.screen.note(fmt.Sprintf("  and %d more that failed", more))
	}
	for _, entry := range t.Renamed {
		p.screen.note("  " + renamedText(entry))
	}
	if more := t.RenamedCount - len(t.Renamed); more > 0 {
		p.screen.note(fmt.Sprintf("  and %d more that have another name here", more))
	}
	if t.Err != nil {
		p.log.Debug("transfer ended", "state", t.State, "err", t.Err)
	}
}

// took returns how long data flowed: the time in which a person made up their
// mind does not count, nor does what was before an interruption, for what came
// then counts as found.
func (v *view) took(at time.Time, t netcore.Transfer) time.Duration {
	if began, ok := v.began[t.ID]; ok {
		return at.Sub(began)
	}
	return at.Sub(t.Started)
}
