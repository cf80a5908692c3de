package netcore

import (
	"context"
	"sync"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/verify"
	"ferry/netcore/internal/wire"
)

// A comparison is one exchange of codes with a peer, over one link.
type comparison struct {
	node  *Node
	line  link.Line
	asked bool          // the peer began
	coded chan struct{} // closed when there is a code
	over  chan struct{} // closed when all is said

	mu      sync.Mutex // held while a frame is sent: they leave in the order of the exchange
	x       *verify.Exchange
	verdict Verdict // the person's
	code    Code
	err     error // why nothing came of it; once over is closed
}

func newComparison(n *Node, l link.Line, asked bool) *comparison {
	return &comparison{node: n, line: l, asked: asked, coded: make(chan struct{}), over: make(chan struct{})}
}

// begin asks the peer, and reports false if there is another comparison with it.
func (c *comparison) begin(p verify.Parties) bool {
	c.mu.Lock() // nothing of the peer's is taken in before the first frame is sent
	defer c.mu.Unlock()
	x, first := verify.Begin(p)
	c.x = x
	if !c.node.codes.begin(c) {
		return false
	}
	c.send(first)
	return true
}

func (c *comparison) peer() Peer { return c.node.peer(c.state()) }

// state is what is known of the peer's links. Of a node that listens nowhere, as a command, this line knows the name.
func (c *comparison) state() link.State {
	s, _ := c.node.links.Peer(c.line.Peer())
	if s.Hello.Name == "" {
		s.Hello.Name = c.line.Name()
	}
	return s
}

func (c *comparison) isOver() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

func (c *comparison) hasCode() bool {
	select {
	case <-c.coded:
		return true
	default:
		return false
	}
}

// send sends a frame. If it cannot be sent, the link will end, and that is noticed. Callers hold mu.
func (c *comparison) send(f verify.Frame) {
	if err := c.line.Say(f.Type, f.Body); err != nil {
		c.node.log.Debug("compare codes", "peer", c.line.Peer(), "err", err)
	}
}

// heard takes in a frame of the peer's, unless c is over. An error ends the link.
func (c *comparison) heard(t wire.Type, body []byte) (taken bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isOver() {
		return false, nil
	}
	answers, err := c.x.Heard(t, body)
	for _, f := range answers {
		c.send(f)
	}
	if err != nil {
		c.finish(&remoteEnd{err})
		return true, err
	}
	if code, ok := c.x.Code(); ok && c.code.Digits == "" {
		c.code = codeOf(code)
		close(c.coded)
	}
	c.settle()
	return true, nil
}

// await is Verification.Code.
func (c *comparison) await(ctx context.Context) (Code, error) {
	c.mu.Lock()
	if f, ok := c.x.Agree(); ok {
		c.send(f)
	}
	c.mu.Unlock()
	select {
	case <-c.coded:
	case <-c.over:
	case <-ctx.Done():
		return Code{}, verifyError(c.peer().Name, cancelled(context.Cause(ctx)))
	}
	c.mu.Lock()
	code, err := c.code, c.err
	c.mu.Unlock()
	if c.isOver() && err != nil {
		return Code{}, verifyError(c.peer().Name, err)
	}
	return code, nil
}

// decide takes the person's answer. No answer at all, to one who was asked and has not agreed
// yet, declines.
func (c *comparison) decide(v Verdict) {
	c.mu.Lock()
	c.verdict = v
	c.mu.Unlock()
	switch {
	case v == Same:
		c.say(wire.VerdictSame)
	case v == Different:
		c.say(wire.VerdictDifferent)
	case c.asked:
		c.say(wire.VerdictDeclined) // which means "stopped" once there was more
	default:
		c.say(wire.VerdictStopped)
	}
}

func (c *comparison) said() Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verdict
}

// say says what this side has decided.
func (c *comparison) say(v wire.Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.x.Say(v); ok {
		c.send(f)
		c.settle()
	}
}

// stop ends c because of err, whatever was said before.
func (c *comparison) stop(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.x.Stop(); ok {
		c.send(f)
	}
	c.finish(err)
}

// end ends c because of err, without a word.
func (c *comparison) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(err)
}

// settle ends c if all is said. Callers hold mu.
func (c *comparison) settle() {
	if !c.x.Over() {
		return
	}
	said, heard := c.x.Verdicts()
	switch {
	case said == nil && heard == nil: // it was stopped, and finish follows
	case said != nil && *said != wire.VerdictSame:
		c.finish(endings[*said])
	case *heard != wire.VerdictSame:
		c.finish(&remoteEnd{endings[*heard]})
	default:
		c.finish(nil)
	}
}

// endings are the errors that verdicts mean.
var endings = map[wire.Verdict]error{
	wire.VerdictStopped:   ErrCancelled,
	wire.VerdictDifferent: ErrDifferent,
	wire.VerdictDeclined:  ErrDeclined,
	wire.VerdictBusy:      ErrBusy,
}

// finish notes how c has ended; only the first time counts. Callers hold mu.
func (c *comparison) finish(err error) {
	if !c.isOver() {
		c.err = err
		close(c.over)
	}
}

// remoteEnd is an end that is the other side's doing.
type remoteEnd struct{ err error }

func (e *remoteEnd) Error() string { return e.err.Error() }
func (e *remoteEnd) Unwrap() error { return e.err }
func (*remoteEnd) Remote() bool    { return true }

func codeOf(c verify.Code) Code {
	code := Code{Digits: c.Digits}
	for i, p := range c.Pictures {
		code.Pictures[i] = CodePicture(p)
	}
	return code
}
