package netcore

import (
	"time"

	"ferry/netcore/internal/transfer"
)

// A TransferID names a transfer, the same at both ends. It is random, 128 bits;
// its text form is 32 hexadecimal digits.
type TransferID = transfer.ID

// Direction says which way a transfer goes, seen from this node.
type Direction uint8

// The directions.
const (
	Outgoing Direction = iota
	Incoming
)

// String returns "outgoing" or "incoming".
func (d Direction) String() string {
	if d == Incoming {
		return "incoming"
	}
	return "outgoing"
}

// State is how far a transfer is.
type State uint8

// The states. Queued, Offered, Running and Paused are on the way; the others
// are final.
const (
	Queued    State = iota // being prepared: reading folders, connecting; or, if Err is ErrOffline, waiting for the peer
	Offered                // waiting for the receiver's decision; if either side is gone meanwhile, it is Queued again at the sender and Cancelled at the receiver, and is offered again under its ID
	Running                // accepted
	Paused                 // interrupted, Err tells by what; it goes on by itself when the peer is back, an incoming one within 30 days
	Done                   // the receiver has confirmed it: all but Failed entries are whole and on its disk
	Failed                 // Err tells why
	Declined               // the receiver said no
	Cancelled              // stopped by a person, or the sender withdrew the offer or is gone; Err.Remote tells on which side
)

var stateNames = [...]string{"queued", "offered", "running", "paused", "done", "failed", "declined", "cancelled"}

// String returns the state's name in lower case.
func (s State) String() string { return stateNames[s] }

// Final reports whether a transfer in this state has ended.
func (s State) Final() bool { return s >= Done }

// A Transfer is one offer on its way, as it is at one moment.
type Transfer struct {
	ID        TransferID
	Direction Direction
	Peer      Peer
	State     State

	// What is to come: all of what was offered, less what the receiver does not want.
	Names    []string // what was picked: the names of the first top-level entries, 8 KiB at most; at the sender, of all of it
	Files    int      // in all; 0 while Queued
	Folders  int
	Links    int
	Bytes    int64
	Unwanted int // files that were offered beside those, and are not sent, as the receiver does not want them

	DoneFiles  int           // whole on the receiver's side; at the sender, until Done: sent
	DoneBytes  int64         // there, be it that they were moved or that they were there before
	FoundFiles int           // files that the receiver had already, whole and the same: they are not sent
	Found      int64         // bytes of DoneBytes that the receiver had already, of whole files or in part
	Rate       float64       // bytes a second over the last seconds; 0 unless Running
	Left       time.Duration // estimate until done; negative while unknown

	// ChangedCount counts the files that changed between an interruption and
	// going on: they are sent anew, as they are now. Only the sender knows.
	ChangedCount int

	Started time.Time // when it was sent or offered; perhaps in an earlier run
	Ended   time.Time // zero until final
	// Active is for how long it was Running, until it was in its present state: not while somebody was asked, or it was
	// Paused. 0 if that is unknown.
	Active time.Duration

	ByRule bool // an incoming one was accepted by Peer.AutoAccept: no person was asked

	// Dir is the folder that an incoming transfer goes to, and Paths are the
	// top-level entries on this computer, in the order of Names: where they were
	// taken from, or where they went. An incoming transfer's Paths are complete
	// when it is final; one that got nothing under its final name is absent.
	Dir   string
	Paths []string

	// FailedCount counts the entries that did not arrive though the transfer
	// went on; FailedEntries has the first 1000 of them.
	FailedCount   int
	FailedEntries []EntryError
	// RenamedCount counts the entries that arrived under another name than the
	// sender's, because that one was taken or cannot be used here; Renamed has
	// the first 1000 of them. Only the receiver knows.
	RenamedCount int
	Renamed      []Rename

	// Receipt is what the receiver has confirmed; nil unless Done.
	Receipt *Receipt

	Err *Error // why it did not end well, or is Paused; nil otherwise
}

// A Receipt says what is whole, verified, under its final name and on the
// receiver's disk. It is the same at both ends, and kept there.
type Receipt struct {
	Files  int
	Bytes  int64
	Failed int    // entries that did not arrive
	Root   []byte // BLAKE3 over the hashes of all files; PROTOCOL.md, 6.5
}

// An EntryError is why one entry did not arrive.
type EntryError struct {
	Path   string // as the sender calls it
	Local  string // where it is on this computer; at the sender only
	Err    error  // one of the Err kinds, or wraps one
	Remote bool   // the other side said it
}

// A Rename is an entry that arrived under another name.
type Rename struct {
	Path  string // as the sender calls it
	Local string // where it is, relative to Transfer.Dir, with slashes
	// Original is its name on the sender's computer, where that is no text in
	// UTF-8: any bytes, for people to read. Empty otherwise.
	Original string
}

// Keep says what stays of a transfer that a person cancels.
type Keep uint8

// What may stay at the receiver.
const (
	// KeepNothing removes all that the transfer has brought. What was there
	// before, and what was changed since, stays.
	KeepNothing Keep = iota
	// KeepFiles leaves the files that are whole already.
	KeepFiles
)

// Limits bound how fast all transfers of a node together may be, in bytes a
// second. 0 is no limit; the least is 1024.
type Limits struct {
	Upload   int64 `json:"upload,omitempty"`
	Download int64 `json:"download,omitempty"`
}
