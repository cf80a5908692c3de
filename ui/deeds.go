package ui

import "ferry/netcore"

// A deed is what can be done with a transfer, by a button of its row.
type deed int

const (
	doCancel deed = iota
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
		doDetails: t.FailedCount > 0 || t.RenamedCount > 0,
	}
}

// retryKey says what it is to try a transfer again that has ended.
func retryKey(t netcore.Transfer) key {
	if t.State == netcore.Done {
		return keyRetryFailed
	}
	return keySendAgain
}
