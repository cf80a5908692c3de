package main

import (
	"fmt"
	"slices"
	"time"

	"ferry/netcore"
)

// A view shows what happens: to people on the screen, and to programs if they
// asked for it. One goroutine uses it.
type view struct {
	program *program
	active  []netcore.Transfer               // not final, in the order of their beginning
	began   map[netcore.TransferID]time.Time // when data began to flow, the last time
}

func newView(p *program) *view {
	return &view{program: p, began: make(map[netcore.TransferID]time.Time)}
}

func (v *view) show(h happening) {
	p := v.program
	switch what := h.what.(type) {
	case nodeOpened:
		p.json.listening(h.at, what)
		p.screen.note(openedText(what))
	case offerMade:
		p.json.offer(h.at, what.offer)
	case netcore.PeerChanged:
		p.json.peer(h.at, what.Peer)
	case netcore.Warning:
		text := warningText(what)
		p.json.warning(h.at, what, text)
		p.screen.note("Warning: " + text)
		p.log.Debug("warning", "err", what.Err)
	case netcore.TransferChanged:
		v.transfer(h.at, what.Transfer)
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
	switch {
	case !changed:
	case t.State == netcore.Running:
		v.began[t.ID] = at
		if before.State == netcore.Paused {
			v.interruption(resumedText(t))
		}
	case t.State == netcore.Paused:
		v.interruption(pausedText(t))
		p.log.Debug("transfer paused", "err", t.Err)
	case t.State.Final():
		v.ended(at, t)
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
	for _, entry := range t.FailedEntries {
		p.screen.note("  " + visible(entry.Path) + ": " + reason(entry.Err, entry.Remote, t.Direction))
		p.log.Debug("entry failed", "path", entry.Path, "err", entry.Err)
	}
	if more := t.FailedCount - len(t.FailedEntries); more > 0 {
		p.screen.note(fmt.Sprintf("  and %d more that failed", more))
	}
	for _, entry := range t.Renamed {
		p.screen.note("  " + visible(entry.Path) + " is here as " + visible(entry.Local))
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
