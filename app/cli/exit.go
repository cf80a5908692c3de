package main

import (
	"errors"

	"ferry/netcore"
)

// The exit codes; the package comment says what they mean.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitDeclined = 3
	exitNoPeer   = 4
	exitSome     = 5
)

// severity orders the exit codes of transfers from good to bad.
var severity = map[int]int{exitOK: 0, exitSome: 1, exitDeclined: 2, exitNoPeer: 3, exitFailed: 4}

// worse returns the worse of two exit codes of transfers.
func worse(a, b int) int {
	if severity[b] > severity[a] {
		return b
	}
	return a
}

// transferError is a transfer that did not end well. Its end was told when
// it came, so nothing is left to say.
type transferError struct{ code int }

func (e transferError) Error() string { return "a transfer did not end well" }

// asError returns nil for exitOK.
func asError(code int) error {
	if code == exitOK {
		return nil
	}
	return transferError{code}
}

// exitCode returns the code that tells err to a script.
func exitCode(err error) int {
	var (
		usage  *usageError
		signal interrupted
		ended  transferError
		peer   *peerError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &signal):
		return signal.exitCode()
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &ended):
		return ended.code
	case errors.As(err, &peer):
		return exitNoPeer
	}
	return errorCode(err)
}

// errorCode returns the exit code for an error of netcore.
func errorCode(err error) int {
	switch {
	case errors.Is(err, netcore.ErrDeclined), errors.Is(err, netcore.ErrUntrusted):
		return exitDeclined
	case errors.Is(err, netcore.ErrOffline), errors.Is(err, netcore.ErrPeerID):
		return exitNoPeer
	}
	return exitFailed
}

// transferCode returns the exit code for a transfer that has ended.
func transferCode(t netcore.Transfer) int {
	switch {
	case t.State == netcore.Done && t.FailedCount > 0:
		return exitSome
	case t.State == netcore.Done:
		return exitOK
	case t.State == netcore.Declined:
		return exitDeclined
	case t.Err != nil:
		return errorCode(t.Err)
	}
	return exitFailed
}
