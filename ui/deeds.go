package ui

import "ferry/netcore"

// A deed is what can be done with a transfer, by a button of its row.
type deed int

const (
	doCancel deed = iota
	doDrop        // from the history
	doPause
	doResume
	doShow
	doOpen
	doRetry
	doDetails
	deeds // how many there are
)

// canDo says which deeds do something.
func canDo(t netcore.Transfer) [deeds]bool {
	ended := t.State.Final()
	done := t.State == netcore.Done
	return [deeds]bool{
		doCancel: !ended,
		doPause:  t.State == netcore.Running,
		// Of one that waits for room, it tries at once.
		doResume:  heldHere(t) || isPausedBy(t, netcore.ErrNoSpace),
		doShow:    len(t.Paths) > 0 && (done || ended && t.Direction == netcore.Incoming),
		doOpen:    done && len(t.Paths) == 1,
		doRetry:   ended && t.Direction == netcore.Outgoing && (!done || t.FailedCount > 0),
		doDetails: t.State >= netcore.Running && t.State != netcore.Declined,
	}
}

// can says which deeds do something with an item.
func (it item) can() [deeds]bool {
	can := canDo(it.Transfer)
	if it.past {
		can[doDrop] = true
		can[doRetry] = it.Direction == netcore.Outgoing
	}
	if it.gone {
		can[doOpen], can[doShow], can[doRetry] = false, false, false
	}
	return can
}

// usual is what Enter does with an item.
func (it item) usual() (d deed, ok bool) {
	can := it.can()
	for _, d := range []deed{doOpen, doShow, doDetails} {
		if can[d] {
			return d, true
		}
	}
	return 0, false
}

// toggle is what the space bar does: it stops and goes.
func (it item) toggle() (d deed, ok bool) {
	can := it.can()
	for _, d := range []deed{doPause, doResume} {
		if can[d] {
			return d, true
		}
	}
	return 0, false
}

// remove is what the Delete key does: it takes an item away.
func (it item) remove() deed {
	if !it.past && !it.State.Final() {
		return doCancel
	}
	return doDrop
}

// retryKey says what it is to try a transfer again that has ended.
func (it item) retryKey() key {
	if it.past {
		return keySendAgain
	}
	return retryKey(it.Transfer)
}

// retryKey is the same for a transfer of this run.
func retryKey(t netcore.Transfer) key {
	if t.State == netcore.Done {
		return keyRetryFailed
	}
	return keySendAgain
}
