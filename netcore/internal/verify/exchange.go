package verify

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A Frame is one to be sent over the link of the exchange.
type Frame struct {
	Type wire.Type
	Body []byte
}

// state is how far an exchange has come.
type state uint8

const (
	asked    state = iota // there is a commitment, and nothing else yet
	agreed                // responder: its nonce is out
	compared              // there is a code
	over
)

// An Exchange is one comparison at one end. It must not be used by two goroutines at once.
type Exchange struct {
	parties    Parties
	initiator  bool
	crossed    bool // initiator: the peer has begun one at the same time, which counts for nothing
	commitment wire.Commitment
	mine       wire.Nonce
	theirs     wire.Nonce
	state      state
	said       *wire.Verdict
	heard      *wire.Verdict
}

// Begin begins an exchange, with a Verify to send.
func Begin(p Parties) (*Exchange, Frame) { return begin(p, newNonce()) }

func begin(p Parties, mine wire.Nonce) (*Exchange, Frame) {
	x := &Exchange{parties: p, initiator: true, mine: mine, commitment: commit(p.Key, p.Self, p.Peer, mine)}
	return x, Frame{wire.TypeVerify, bytes.Clone(x.commitment[:])}
}

// Asked is the exchange that the peer has begun with a Verify.
func Asked(p Parties, c wire.Commitment) *Exchange {
	return &Exchange{parties: p, commitment: c, mine: newNonce()}
}

// Verdict is the frame in which a side says v of the exchange c; also the answer to a Verify that is not to be one.
func Verdict(c wire.Commitment, v wire.Verdict) Frame {
	return Frame{wire.TypeVerdict, wire.AppendVerdict(nil, c, v)}
}

func newNonce() (n wire.Nonce) {
	rand.Read(n[:]) // never fails (crypto/rand, since Go 1.24)
	return n
}

// Agree says that the person who was asked will look at the code. It reports false, and there is
// nothing to send, unless it is the first time and the exchange goes on.
func (x *Exchange) Agree() (Frame, bool) {
	if x.initiator || x.state != asked {
		return Frame{}, false
	}
	x.state = agreed
	return Frame{wire.TypeNonce, wire.AppendNonce(nil, x.commitment, x.mine)}, true
}

// Heard takes in a Verify, Nonce or Verdict from the peer, and returns what to answer. A frame of another
// exchange, or after the end of this one, means nothing. An error is a breach of the protocol:
// the exchange is over, and the link must end.
func (x *Exchange) Heard(t wire.Type, body []byte) (answer []Frame, err error) {
	if x.state == over {
		return nil, nil
	}
	switch t {
	case wire.TypeVerify:
		answer, err = x.heardVerify(body)
	case wire.TypeNonce:
		answer, err = x.heardNonce(body)
	case wire.TypeVerdict:
		err = x.heardVerdict(body)
	default:
		err = outOfOrder(t)
	}
	if err != nil {
		x.state = over
	}
	return answer, err
}

// heardVerify is the case that both have begun at once: the exchange of the side with the smaller
// peer ID counts, and the other side has agreed to it by beginning its own.
func (x *Exchange) heardVerify(body []byte) ([]Frame, error) {
	c, err := wire.ReadVerify(body)
	switch {
	case err != nil:
		return nil, err
	case !x.initiator || x.state != asked || x.crossed:
		return nil, outOfOrder(wire.TypeVerify)
	case bytes.Compare(x.parties.Self[:], x.parties.Peer[:]) < 0:
		x.crossed = true
		return nil, nil
	}
	withdrawn := Verdict(x.commitment, wire.VerdictStopped) // the peer may have given up its own before it got this one
	*x = *Asked(x.parties, c)
	nonce, _ := x.Agree()
	return []Frame{withdrawn, nonce}, nil
}

func (x *Exchange) heardNonce(body []byte) ([]Frame, error) {
	c, theirs, err := wire.ReadNonce(body)
	switch {
	case err != nil:
		return nil, err
	case c != x.commitment:
		return nil, nil
	case x.initiator && x.state == asked:
		x.theirs, x.state = theirs, compared
		return []Frame{{wire.TypeNonce, wire.AppendNonce(nil, x.commitment, x.mine)}}, nil
	case !x.initiator && x.state == agreed:
		opened := commit(x.parties.Key, x.parties.Peer, x.parties.Self, theirs)
		if subtle.ConstantTimeCompare(opened[:], c[:]) != 1 {
			return nil, fmt.Errorf("%w: a nonce that is not the one committed to", fault.Protocol)
		}
		x.theirs, x.state = theirs, compared
		return nil, nil
	}
	return nil, outOfOrder(wire.TypeNonce)
}

func (x *Exchange) heardVerdict(body []byte) error {
	c, v, err := wire.ReadVerdict(body)
	switch {
	case err != nil:
		return err
	case c != x.commitment:
		return nil
	case x.heard != nil && v != wire.VerdictStopped || !allowed(v, x.state, !x.initiator):
		return outOfOrder(wire.TypeVerdict)
	}
	x.heard = &v
	x.settle()
	return nil
}

// Say is the decision of this side. One that is not allowed yet, like "same" before there is a code, is
// taken for [wire.VerdictStopped]. It reports false, and there is nothing to send, if this side has decided before or
// the exchange is over.
func (x *Exchange) Say(v wire.Verdict) (Frame, bool) {
	if x.state == over || x.said != nil {
		return Frame{}, false
	}
	if !allowed(v, x.state, x.initiator) {
		v = wire.VerdictStopped
	}
	x.said = &v
	x.settle()
	return Verdict(x.commitment, v), true
}

// Stop ends the exchange whatever this side has said before.
func (x *Exchange) Stop() (Frame, bool) {
	if x.state == over {
		return Frame{}, false
	}
	v := wire.VerdictStopped
	x.said, x.state = &v, over
	return Verdict(x.commitment, v), true
}

// allowed reports whether the side of that role may say v.
func allowed(v wire.Verdict, s state, initiator bool) bool {
	switch v {
	case wire.VerdictSame, wire.VerdictDifferent:
		return s == compared
	case wire.VerdictDeclined, wire.VerdictBusy:
		return s == asked && !initiator
	}
	return true
}

// settle ends the exchange once a side has said anything but "same", or both have.
func (x *Exchange) settle() {
	for _, v := range []*wire.Verdict{x.said, x.heard} {
		if v != nil && *v != wire.VerdictSame {
			x.state = over
			return
		}
	}
	if x.said != nil && x.heard != nil {
		x.state = over
	}
}

// Code returns the code, if there is one already.
func (x *Exchange) Code() (Code, bool) {
	if x.state != compared {
		return Code{}, false
	}
	p := x.parties
	if x.initiator {
		return codeOf(p.Key, p.Self, p.Peer, x.mine, x.theirs), true
	}
	return codeOf(p.Key, p.Peer, p.Self, x.theirs, x.mine), true
}

// Over reports whether nothing more is to come.
func (x *Exchange) Over() bool { return x.state == over }

// Verdicts returns what the two sides have said; nil: nothing.
func (x *Exchange) Verdicts() (said, heard *wire.Verdict) { return x.said, x.heard }

func outOfOrder(t wire.Type) error {
	return fmt.Errorf("%w: %v frame out of order", fault.Protocol, t)
}
