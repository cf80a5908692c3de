package netcore

import (
	"errors"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/picture"
)

// Error says what was being done, with which peer and file, when it failed.
// Every error of a [Transfer] is one.
type Error = fault.Error

// The kinds of error that a front end can tell apart, with errors.Is.
var (
	ErrDeclined  = fault.Declined  // the receiver said no
	ErrCancelled = fault.Cancelled // stopped by a person; Error.Remote tells on which side
	ErrPaused    = fault.Paused    // held by a person until that lets it go on; Error.Remote tells on which side
	ErrOffline   = fault.Offline   // no address of the peer answers
	ErrLost      = fault.Lost      // the connection broke, or the peer fell silent
	ErrUntrusted = fault.Untrusted // the receiver takes nothing from this device
	ErrVersion   = fault.Version   // the two versions of Ferry do not understand each other
	ErrProtocol  = fault.Protocol  // the peer sent what it must not
	ErrBusy      = fault.Busy      // the receiver has too many requests at once
	ErrTimeout   = fault.Timeout   // a step of the protocol took too long
	ErrNoSpace   = fault.NoSpace   // the receiver's disk is too full
	ErrCorrupt   = fault.Corrupt   // what arrived is not what was sent
	ErrChanged   = fault.Changed   // the source changed while it was being sent
	ErrUnread    = fault.Unread    // the source cannot be read
	ErrUnwritten = fault.Unwritten // the destination cannot be written
	ErrBadName   = fault.BadName   // the name cannot be used, or points outside
	ErrSkipped   = fault.Skipped   // a device, a socket, a pipe, or a link that leads out of what is sent
	ErrTooLarge  = fault.TooLarge  // more files than one offer can list; send fewer at once
	ErrShutdown  = fault.Shutdown  // Ferry was closed; Error.Remote tells on which side
	ErrInternal  = fault.Internal  // a fault in Ferry itself

	// ErrIdentity is returned by New for a key file that is there but holds no
	// usable key. It is never replaced.
	ErrIdentity = identity.ErrDamaged
	// ErrPicture is returned by SetPicture for a file that is no picture that can be read, and
	// ErrPictureTooLarge for one of more than 64 MiB or 64 megapixels.
	ErrPicture         = picture.ErrFormat
	ErrPictureTooLarge = picture.ErrTooLarge
	// ErrPort is returned by SetPort for a port that another program has, or that the system does not let this one have.
	ErrPort = errors.New("the port cannot be listened on")
	// ErrAmbiguous is returned by Find when several peers have the name.
	ErrAmbiguous = errors.New("several devices have this name")
	// ErrPeerID is returned when another device answers at a peer's address.
	ErrPeerID = identity.ErrPeerID
)

// ErrorCode returns the short, stable name of err's kind, the one that is used
// on the wire and by programs ("declined", "no-space"); "internal" for an
// error of no kind and "" for nil.
func ErrorCode(err error) string {
	if err == nil {
		return ""
	}
	return string(fault.CodeOf(err))
}
