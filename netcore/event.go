package netcore

import "context"

// A Handler is a front end: the window, the command line, or a test.
type Handler interface {
	// Event tells what happened. Calls are ordered and never overlap. It must
	// not block: while it does, later events wait.
	Event(Event)

	// Offer asks whether to accept. It may take as long as a person thinks, and
	// runs on a goroutine of its own, at the same time as other offers. ctx ends
	// when the sender withdraws the offer or the node stops; the answer is then
	// ignored.
	Offer(ctx context.Context, offer Offer) Answer

	// Verify asks a person to compare the code of v with that on the peer's screen, and returns what
	// they say. Like Offer it may take long and runs on a goroutine of its own. ctx ends when the
	// comparison is over before there is an answer: the cause is the error that Verify returns for it
	// ([ErrDifferent] if the other person said so). Only [Different] counts then, if there was a code.
	Verify(ctx context.Context, v *Verification) Verdict
}

// An Event is one of [PeerChanged], [SelfChanged], [TransferChanged] and [Warning].
type Event interface{ event() }

// PeerChanged is sent when a peer came online, went offline, changed its
// labels, or is no longer known. See [Node.Known] for those that are there from the start.
type PeerChanged struct{ Peer Peer }

// TransferChanged is sent when a transfer was created, changed its state, or
// made progress. Progress is told at most ten times a second for each transfer; a change of
// state is always told.
type TransferChanged struct{ Transfer Transfer }

// Warning is something that the person should know and that is no one
// transfer's: the node goes on.
type Warning struct {
	Kind WarningKind
	Err  error
}

// WarningKind tells warnings apart.
type WarningKind uint8

// The kinds of warning.
const (
	// WarnPort: the wanted port was taken, another is used.
	WarnPort WarningKind = iota
	// WarnDiscovery: no network interface to look for peers on, or it failed.
	// Sent when it begins; the node keeps trying.
	WarnDiscovery
	// WarnKeyFile: the key file was readable by others and has been closed to them.
	WarnKeyFile
	// WarnStore: the database is damaged or cannot be written. Transfers go on, but would be
	// forgotten if Ferry ended now.
	WarnStore
	// WarnClone: another computer on the network has this one's identity, as a copy of its disk
	// would. Peers cannot tell the two apart.
	WarnClone
	// WarnVerify: a comparison of codes that a peer began, and to which the person here has said [Same], came
	// to nothing; the error wraps what it would for Verify. The peer is not verified by it.
	WarnVerify
	// WarnSettings: some settings were not understood; the error is a [*SettingsError]. No node says so: whoever has loaded
	// them tells the window.
	WarnSettings
)

// SelfChanged is sent when this node's own name, picture, addresses, inbox or visibility are others than before:
// see [Node.Self], [Node.Inbox] and [Node.Visibility].
type SelfChanged struct{}

func (PeerChanged) event()     {}
func (SelfChanged) event()     {}
func (TransferChanged) event() {}
func (Warning) event()         {}
