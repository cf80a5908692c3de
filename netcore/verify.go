package netcore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/verify"
	"ferry/netcore/internal/wire"
)

// verifyTime is how long a comparison of codes may take in all: people think, and walk to the other device.
const verifyTime = 5 * time.Minute

// Verify compares codes with a peer that is online: Handler.Verify is called at both ends. It returns
// when the comparison is over: nil if both people have said [Same], and an error that wraps
// [ErrDifferent] if one said [Different]; ErrCancelled or ErrDeclined if one of them stopped; ErrLost if the link broke;
// ErrTimeout if it took more than 5 minutes; ErrBusy if one is under way with this peer, or the other side was
// asked too often; ErrOffline if the peer is not online, or blocked.
func (n *Node) Verify(ctx context.Context, id PeerID) error {
	state, _ := n.links.Peer(id)
	return verifyError(n.peer(state).Name, n.verify(ctx, id))
}

// verifyError adds the circumstances to err; nil stays nil.
func verifyError(peer string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: "verify", Peer: peer, Remote: !isLocal(err), Err: err}
}

func (n *Node) verify(ctx context.Context, id PeerID) error {
	life := n.running()
	if life == nil {
		return errNotRunning
	}
	l, ok := n.links.Line(id)
	if !ok || n.access(id) == link.None {
		return ErrOffline
	}
	p, err := n.parties(l)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInternal, err)
	}
	c := newComparison(n, l, false)
	if !c.begin(p) {
		return ErrBusy
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(life, func() { cancel(ErrShutdown) })()
	return c.run(ctx)
}

// parties are the two ends of a line, and what only they know.
func (n *Node) parties(l link.Line) (verify.Parties, error) {
	key, err := l.Export(verify.KeyLabel, verify.KeySize)
	if err != nil {
		return verify.Parties{}, err
	}
	return verify.Parties{Key: [verify.KeySize]byte(key), Self: n.identity.ID(), Peer: l.Peer()}, nil
}

// compare takes a frame of a comparison that a peer has sent over l. It may be the first one.
func (n *Node) compare(l link.Line, t wire.Type, body []byte) error {
	if c := n.codes.with(l.Peer()); c != nil && c.line == l {
		if taken, err := c.heard(t, body); taken {
			return err
		}
	}
	if t != wire.TypeVerify {
		return nil // of one that is over
	}
	return n.asked(l, body)
}

// asked begins the comparison that a peer asks for, or refuses it.
func (n *Node) asked(l link.Line, body []byte) error {
	commitment, err := wire.ReadVerify(body)
	if err != nil {
		return err
	}
	p, err := n.parties(l)
	if err != nil {
		return err
	}
	c := newComparison(n, l, true)
	c.x = verify.Asked(p, commitment)
	_, known := n.known.get(l.Peer())
	switch {
	case n.access(l.Peer()) != link.Full:
		c.say(wire.VerdictDeclined)
		return nil
	case !n.codes.beginAsked(c, known):
		c.say(wire.VerdictBusy)
		return nil
	}
	return n.start(func() { c.answer(n.running()) })
}

// answer is the life of a comparison that the peer has begun. A person who has said "same" is told if nothing
// comes of it; one who has not answered yet learns it from the context.
func (c *comparison) answer(ctx context.Context) {
	err := c.run(ctx)
	if err != nil && c.said() == Same && !errors.Is(err, ErrShutdown) {
		c.node.warn(WarnVerify, verifyError(c.peer().Name, err))
	}
}

// run asks the person here, until the comparison is over, and acts on what comes of it.
func (c *comparison) run(ctx context.Context) error {
	n := c.node
	defer n.codes.end(c)
	ctx, cancel := context.WithTimeoutCause(ctx, n.codes.limit, ErrTimeout)
	defer cancel()
	asking, end := context.WithCancelCause(ctx)
	answer := make(chan Verdict, 1)
	go func() { answer <- n.cfg.Handler.Verify(asking, NewVerification(c.peer(), c.asked, c.await)) }()
	answered := answer
	for !c.isOver() {
		select {
		case v := <-answered:
			answered = nil
			c.decide(v)
		case <-c.over:
		case <-c.line.Ended():
			c.end(ErrLost)
		case <-ctx.Done():
			c.stop(cancelled(context.Cause(ctx)))
		}
	}
	c.act()
	end(c.err)
	if answered != nil { // the Handler's goroutine is this one's
		c.decide(<-answered)
	}
	if c.said() == Different && c.hasCode() { // also if the other side was faster to say so, or to hang up
		n.known.meet(c.state())
		n.Block(c.line.Peer())
	}
	return c.err
}

// cancelled is the error of a comparison whose context ended because of err.
func cancelled(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return ErrCancelled
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	}
	return err
}

// act does what follows from how c has ended, but for what the person here decides alone.
func (c *comparison) act() {
	id := c.line.Peer()
	if c.err == nil {
		c.node.known.meet(c.state())
		c.node.vouch(id)
		return
	}
	if a, _ := c.node.known.get(id); errors.Is(c.err, ErrDifferent) && !a.Verified.IsZero() {
		c.node.decide(id, (*decisions).distrust)
		c.node.cancelRuled(id)
	}
}
