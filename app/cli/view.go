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
	began   map[netcore.TransferID]time.Time // when data began to flow
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
	if v.update(t) {
		p.json.transfer(at, t)
	} else {
		p.json.progress(at, t)
	}
	if t.State == netcore.Running && v.began[t.ID].IsZero() {
		v.began[t.ID] = at
	}
	if p.live {
		p.screen.setStatus(progressLine(v.active, p.width()-1))
	}
	if t.State.Final() {
		v.ended(at, t)
	}
}

// update takes t into the list of active transfers, or out of it. It reports
// whether the state is another than before.
func (v *view) update(t netcore.Transfer) (changed bool) {
	i := slices.IndexFunc(v.active, func(old netcore.Transfer) bool { return old.ID == t.ID })
	switch {
	case i < 0 && !t.State.Final():
		v.active = append(v.active, t)
	case i < 0:
	case t.State.Final():
		v.active = slices.Delete(v.active, i, i+1)
	default:
		changed = v.active[i].State != t.State
		v.active[i] = t
		return changed
	}
	return true
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
// mind does not count.
func (v *view) took(at time.Time, t netcore.Transfer) time.Duration {
	if began, ok := v.began[t.ID]; ok {
		return at.Sub(began)
	}
	return at.Sub(t.Started)
}
