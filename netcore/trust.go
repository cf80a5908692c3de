package netcore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
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

// ErrDifferent is returned by Verify when the codes were different.
var ErrDifferent = errors.New("the codes were different")

// SetNickname calls a peer by another name than its owner does, on this node; empty takes that back. The peer
// is known from then on.
func (n *Node) SetNickname(id PeerID, name string) {
	name = wire.CleanName(name)
	n.decide(id, func(d *decisions) { d.Nickname = name })
}

// SetAutoAccept changes what of a peer is accepted without asking. ErrNotVerified if that is anything and
// the peer is not verified.
func (n *Node) SetAutoAccept(id PeerID, a AutoAccept) error {
	if a.Dir != "" && !filepath.IsAbs(a.Dir) || a.MaxBytes < 0 {
		return fmt.Errorf("%w: %q, at most %d bytes", errRule, a.Dir, a.MaxBytes)
	}
	verified := true
	n.decide(id, func(d *decisions) {
		if verified = !d.Verified.IsZero(); verified || !a.On {
			d.AutoAccept = a
		}
	})
	if a.On && !verified {
		return ErrNotVerified
	}
	return nil
}

var errRule = errors.New("accepting by itself needs a full path, and a size that is not negative")

// Block ends all that there is with a peer: its links and transfers. It is not listed, nor let in, until
// Unblock. It is no longer verified.
func (n *Node) Block(id PeerID) {
	n.decide(id, func(d *decisions) { d.distrust(); d.Blocked = true })
}

// Unblock lets a blocked peer in again, as a stranger that is known by name.
func (n *Node) Unblock(id PeerID) {
	if a, ok := n.known.get(id); ok && a.Blocked {
		n.decide(id, func(d *decisions) { d.Blocked = false })
	}
}

// Forget drops what is remembered of a peer, also that it is verified or blocked. It is listed for as long as it is
// online, like a stranger.
func (n *Node) Forget(id PeerID) {
	s, err := n.known.forget(id)
	n.notKept(err)
	if s.was != nil {
		n.apply(s)
	}
}

// vouch notes that a peer is the device that it seems to be.
func (n *Node) vouch(id PeerID) {
	n.decide(id, func(d *decisions) {
		if d.Verified.IsZero() && !d.Blocked {
			d.Verified = moment()
		}
	})
}

// decide changes what has been decided about a peer.
func (n *Node) decide(id PeerID, f func(*decisions)) {
	if id == n.identity.ID() {
		return
	}
	s, err := n.known.change(id, f)
	n.notKept(err)
	n.apply(s)
}

// notKept tells once that the store fails, if err says so.
func (n *Node) notKept(err error) {
	if err != nil {
		n.unsaved.Do(func() { n.warn(WarnStore, err) })
	}
}

// apply lets changes of what is remembered of peers take effect, whoever has made them, and tells of them.
func (n *Node) apply(list ...shift) {
	if slices.ContainsFunc(list, shift.opens) {
		n.links.AccessChanged()
	}
	for _, s := range list {
		if s.opens() {
			n.doors.regard(s.id, n.isFriend)
		}
		switch {
		case s.now == nil:
			n.links.Forget(s.id)
		case s.now.Blocked:
			n.links.Forget(s.id)
			n.cancelAll(s.id)
		default:
			n.links.Remember(s.id, s.now.Addrs)
		}
		n.events.put(PeerChanged{n.peer(n.known.state(s.id))})
	}
	n.tellNamesakes()
}

// cancelAll ends the transfers with a peer.
func (n *Node) cancelAll(id PeerID) {
	for _, t := range n.list() {
		if t.snapshot().Peer.ID == id {
			n.Cancel(t.id, KeepNothing)
		}
	}
}

// cancelRuled ends those transfers of a peer that nobody was asked about.
func (n *Node) cancelRuled(id PeerID) {
	for _, t := range n.list() {
		t.mu.Lock()
		ruled := t.kept.ByRule && t.now.Peer.ID == id
		t.mu.Unlock()
		if ruled {
			n.Cancel(t.id, KeepNothing)
		}
	}
}

// tellNamesakes tells of peers that can now be taken for another, or no longer can.
func (n *Node) tellNamesakes() {
	for _, id := range n.known.renamed() {
		n.events.put(PeerChanged{n.peer(n.known.state(id))})
	}
}

// keepPeers writes down what the network says of peers, and takes over what other processes
// have written, until Run ends.
func (n *Node) keepPeers(done <-chan struct{}) {
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for ended := false; !ended; {
		select {
		case <-n.known.wake:
		case <-poll.C:
			list, err := n.known.reload()
			n.notKept(err)
			if len(list) > 0 {
				n.apply(list...)
			}
		case <-done:
			ended = true
		}
		n.notKept(n.known.write())
	}
}

// meet remembers a peer that this node has something to do with. What no link tells, as of a sender
// that only called, is as p has it.
func (n *Node) meet(p Peer) {
	state, _ := n.links.Peer(p.ID)
	if state.Hello.Name == "" {
		state.Hello.Name, state.Hello.System = p.OwnName, p.System
	}
	news := n.known.meet(state)
	n.links.Remember(p.ID, state.Addrs)
	if news {
		n.doors.regard(p.ID, n.isFriend)
		n.events.put(PeerChanged{n.peer(state)})
		n.tellNamesakes()
	}
}

// agreedBefore is the answer to an offer that falls under what a person has said of its verified sender. What does not fit
// on the disk is asked about.
func (n *Node) agreedBefore(o Offer) (Answer, bool) {
	a, _ := n.known.get(o.Peer.ID)
	if a.Blocked || a.Verified.IsZero() || !a.AutoAccept.Accepts(o) {
		return Answer{}, false
	}
	dir := cmp.Or(a.AutoAccept.Dir, o.Inbox)
	return Answer{Accept: true, Dir: dir}, inbox.FreeSpace(dir) >= o.Bytes
}

// stillRuled is why a transfer that was accepted without asking, of which bytes are wanted by now, is not to go on: its sender is
// not verified any more, or has made more of it than it may send so. Whoever takes back that it may has it cancelled, or lets it end.
func (n *Node) stillRuled(tr *tracked, bytes int64) error {
	tr.mu.Lock()
	k, peer := tr.kept, tr.now.Peer.ID
	tr.mu.Unlock()
	a, _ := n.known.get(peer)
	most := max(a.AutoAccept.MaxBytes, k.Accepted) // a rule may be a smaller one since
	switch {
	case !k.ByRule:
		return nil
	case a.Verified.IsZero():
		return fmt.Errorf("%w: not verified any more", ErrUntrusted)
	case a.AutoAccept.MaxBytes > 0 && bytes > most:
		return fmt.Errorf("%w: it has %d bytes, and no more than %d are taken without asking", ErrChanged, bytes, most)
	}
	return nil
}
