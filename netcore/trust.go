package netcore

import (
	"context"
	"errors"
)

// A Verdict is what a person says after comparing codes.
type Verdict uint8

// The verdicts.
const (
	// Undecided: the person has not compared, or stopped. Nothing changes.
	Undecided Verdict = iota
	// Same: the other screen shows the same code. The peer is verified once both say so.
	Same
	// Different: somebody may sit between the two devices. The peer is blocked.
	Different
)

// A Code is what both screens show when two people make sure that nobody sits between their
// devices. Digits and pictures come from the same exchange; comparing either is enough.
type Code struct {
	Digits   string         // six decimal digits
	Pictures [4]CodePicture // of 64
}

// A CodePicture is one of the 64 pictures of a [Code].
type CodePicture struct {
	Emoji string // one character of Unicode's emoji, as all platforms draw it
	Name  string // what it shows, in English, lower case: "anchor". Also its key for translations
}

// A Verification is one comparison of codes with a peer, as a front end sees it.
type Verification struct {
	Peer Peer
	// Asked is whether the peer began. Then the person has to agree first, by a call of Code; a code that
	// nobody looks at is none.
	Asked bool

	code func(context.Context) (Code, error)
}

// NewVerification makes one whose Code is code; for tests of front ends.
func NewVerification(peer Peer, asked bool, code func(context.Context) (Code, error)) *Verification {
	return &Verification{peer, asked, code}
}

// Code waits for the code, which needs both people. It says that the person here is ready to
// compare. The error says why there will be none: the other side has stopped ([ErrCancelled], remote),
// declined ([ErrDeclined]), gone ([ErrLost]), or cheated ([ErrProtocol]).
func (v *Verification) Code(ctx context.Context) (Code, error) { return v.code(ctx) }

// AutoAccept says what of a verified peer is accepted without asking. The zero value is nothing.
type AutoAccept struct {
	On        bool   `json:"on,omitempty"`
	Dir       string `json:"dir,omitempty"`        // where it goes; absolute, made if it is missing; empty: the inbox
	MaxBytes  int64  `json:"max_bytes,omitempty"`  // of one offer; 0: no limit. What is more is asked about
	FilesOnly bool   `json:"files_only,omitempty"` // offers with folders or links are asked about
}

// Accepts reports whether an offer may be taken without asking.
func (a AutoAccept) Accepts(o Offer) bool {
	return a.On && (a.MaxBytes == 0 || o.Bytes <= a.MaxBytes) && (!a.FilesOnly || o.Folders+o.Links == 0)
}

// ErrNotVerified is returned when a peer that is not verified is to be accepted by itself.
var ErrNotVerified = errors.New("this device is not verified: compare codes with it first")

// Verify compares codes with a peer that is online: Handler.Verify is called at both ends. It returns
// when the comparison is over: nil if both people have said [Same], and an error that wraps
// [ErrDifferent] if one said [Different]; ErrCancelled or ErrDeclined if one of them stopped; ErrLost if the link broke;
// ErrBusy if one is under way with this peer.
func (n *Node) Verify(ctx context.Context, id PeerID) error {
	return &Error{Op: "verify", Err: ErrOffline}
}

// ErrDifferent is returned by Verify when the codes were different.
var ErrDifferent = errors.New("the codes were different")

// SetNickname calls a peer by another name than its owner does, on this node; empty takes that back. The peer
// is known from then on.
func (n *Node) SetNickname(id PeerID, name string) {}

// SetAutoAccept changes what of a peer is accepted without asking. ErrNotVerified if that is anything and
// the peer is not verified.
func (n *Node) SetAutoAccept(id PeerID, a AutoAccept) error { return nil }

// Block ends all that there is with a peer: its links and transfers. It is not listed, nor let in, until
// Unblock. It is no longer verified.
func (n *Node) Block(id PeerID) {}

// Unblock lets a blocked peer in again, as a stranger that is known by name.
func (n *Node) Unblock(id PeerID) {}
