package main

import (
	"context"
	"errors"
	"sync"

	"ferry/app/awake"
	"ferry/netcore"
)

// A session is a node that runs, seen from the command that uses it.
type session struct {
	node  node
	ended <-chan netcore.Transfer // each transfer that has become final, after it was shown
}

// A decider answers an offer. ctx ends when the offer is withdrawn.
type decider func(ctx context.Context, offer netcore.Offer) netcore.Answer

// A person is who answers what the node asks.
type person struct {
	decide  decider
	compare comparer
}

// nobody is there to accept anything, or to compare codes.
var nobody = person{declineAll, compareNothing}

// front is the front end that the node talks to.
type front struct {
	events *queue
	person person
}

func (f *front) Event(ev netcore.Event) { f.events.push(ev) }

func (f *front) Offer(ctx context.Context, offer netcore.Offer) netcore.Answer {
	f.events.push(offerMade{offer})
	return f.person.decide(ctx, offer)
}

func (f *front) Verify(ctx context.Context, v *netcore.Verification) netcore.Verdict {
	f.events.push(comparisonBegun{v.Peer, v.Asked})
	return f.person.compare(ctx, v)
}

// declineAll is the decider of a node that only sends.
func declineAll(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }

// withNode opens the node that cfg describes, shows its events, and runs it
// for as long as work does. It returns when the node has said its goodbyes
// and everything is shown. The context of work ends early, with a cause, if
// ctx ends or the node cannot go on; the node lives until work has returned.
func (p *program) withNode(ctx context.Context, cfg netcore.Config, who person, work func(context.Context, session) error) error {
	events := newQueue()
	keeper := awake.New(p.log)
	cfg.Handler = keeper.Watch(&front{events, who})
	n, err := p.open(cfg)
	if err != nil {
		return nodeError(cfg, err)
	}
	if !cfg.Hidden {
		events.push(nodeOpened{n.Self(), n.Addr(), cfg.Dir, n.Inbox()})
	}
	living, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended, shown := p.show(living, events)
	var runErr error
	var running sync.WaitGroup
	running.Go(func() { keeper.Run(living) })
	running.Go(func() {
		runErr = n.Run(living)
		cancel(runErr)
	})

	err = work(ctx, session{n, ended})
	stop()
	running.Wait()
	events.close()
	<-shown
	if err != nil {
		p.log.Debug("node ended", "err", runErr)
		return err
	}
	return runErr
}

// atRest opens the node that cfg describes for a moment, hidden and never run: to look at what it
// remembers, beside one that runs in the same folder.
func (p *program) atRest(cfg netcore.Config, work func(node) error) error {
	cfg.Hidden = true
	cfg.Handler = &front{newQueue(), nobody}
	n, err := p.open(cfg)
	if err != nil {
		return nodeError(cfg, err)
	}
	return errors.Join(work(n), n.Close())
}

// show starts the goroutine that shows events until the queue is closed;
// then it closes shown. When ctx has ended nobody takes what has ended.
func (p *program) show(ctx context.Context, events *queue) (<-chan netcore.Transfer, <-chan struct{}) {
	ended := make(chan netcore.Transfer)
	shown := make(chan struct{})
	v := newView(p)
	go func() {
		defer close(shown)
		for {
			item, ok := events.pop()
			if !ok {
				v.unfinished()
				return
			}
			v.show(item)
			change, ok := item.what.(netcore.TransferChanged)
			if !ok || !change.Transfer.State.Final() {
				continue
			}
			select {
			case ended <- change.Transfer:
			case <-ctx.Done():
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
