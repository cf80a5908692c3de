package main

import (
	"context"

	"ferry/netcore"
)

// A session is a node that runs, seen from the command that uses it.
type session struct {
	node  node
	ended <-chan netcore.Transfer // each transfer that has become final, after it was shown
}

// A decider answers an offer. ctx ends when the offer is withdrawn.
type decider func(ctx context.Context, offer netcore.Offer) netcore.Answer

// front is the front end that the node talks to.
type front struct {
	events *queue
	decide decider
}

func (f *front) Event(ev netcore.Event) { f.events.push(ev) }

func (f *front) Offer(ctx context.Context, offer netcore.Offer) netcore.Answer {
	f.events.push(offerMade{offer})
	return f.decide(ctx, offer)
}

// declineAll is the decider of a node that only sends.
func declineAll(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }

// withNode opens the node that cfg describes, shows its events, and runs it
// for as long as work does. It returns when the node has said its goodbyes
// and everything is shown. The context of work ends early, with a cause, if
// ctx ends or the node cannot go on.
func (p *program) withNode(ctx context.Context, cfg netcore.Config, decide decider, work func(context.Context, session) error) error {
	events := newQueue()
	cfg.Handler = &front{events, decide}
	n, err := p.open(cfg)
	if err != nil {
		return nodeError(cfg, err)
	}
	if !cfg.Hidden {
		events.push(nodeOpened{n.Self(), n.Addr(), cfg.Dir, n.Inbox()})
	}
	ctx, cancel := context.WithCancelCause(ctx)
	ended, shown := p.show(ctx, events)
	ran := make(chan error, 1)
	go func() {
		err := n.Run(ctx)
		cancel(err)
		ran <- err
	}()

	err = work(ctx, session{n, ended})
	cancel(nil)
	runErr := <-ran
	events.close()
	<-shown
	if err != nil {
		p.log.Debug("node ended", "err", runErr)
		return err
	}
	return runErr
}

// show starts the goroutine that shows events until the queue is closed;
// then it closes shown.
func (p *program) show(ctx context.Context, events *queue) (<-chan netcore.Transfer, <-chan struct{}) {
	ended := make(chan netcore.Transfer)
	shown := make(chan struct{})
	v := newView(p)
	go func() {
		defer close(shown)
		for {
			item, ok := events.pop()
			if !ok {
				return
			}
			v.show(item)
			change, ok := item.what.(netcore.TransferChanged)
			if !ok || !change.Transfer.State.Final() {
				continue
			}
			select {
			case ended <- change.Transfer:
			case <-ctx.Done(): // the command waits no more
			}
		}
	}()
	return ended, shown
}

// cause returns why ctx ended, nil if it has not.
func cause(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
