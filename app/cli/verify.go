package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"ferry/netcore"
)

func prepareVerify(*flag.FlagSet) action { return verify }

// verify compares codes with a peer: its person and the one at this terminal say whether they see the same.
func verify(ctx context.Context, p *program, args []string) error {
	query, err := onePeer("verify", args)
	if err != nil {
		return err
	}
	if !p.asks {
		return &usageError{"verify", "verify needs a terminal: a person has to compare what both screens show."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	return p.withNode(ctx, cfg, person{declineAll, newAsker(p).compare}, func(ctx context.Context, s session) error {
		p.screen.setStatus("Looking for " + visible(query) + "…")
		peer, err := findPeer(ctx, s.node, query)
		if err != nil {
			return err
		}
		p.screen.setStatus("Waiting for " + visible(peer.Name) + " to compare codes…")
		err = s.node.Verify(ctx, peer.ID)
		p.screen.setStatus("")
		if interrupt := cause(ctx); interrupt != nil {
			return interrupt
		}
		if err != nil {
			return verifyError(peer, err)
		}
		p.screen.result("Verified " + shortPeer(peer) + ": nobody sits between the two devices")
		p.json.decided(of(s.node, peer))
		return nil
	})
}

// verifyError puts the end of a comparison that did not go well into words. It keeps the kind of err, which chooses the exit code.
func verifyError(peer netcore.Peer, err error) error {
	remote := false
	if e := new(netcore.Error); errors.As(err, &e) {
		remote = e.Remote
	}
	name := shortPeer(peer)
	switch {
	case errors.Is(err, netcore.ErrDifferent):
		return &plainError{fmt.Sprintf("The codes were different: somebody may sit between the two devices. %s is blocked now. "+
			"If one of you only misread, run ferry-cli unblock %s and compare again.", name, peer.ID), err}
	case errors.Is(err, netcore.ErrDeclined):
		return &plainError{name + " did not want to compare codes, or nobody is there to do it. Ask its owner, and try again.", err}
	case errors.Is(err, netcore.ErrCancelled) && remote:
		return &plainError{"The comparison was stopped on the other device. " + name + " is as verified as it was before.", err}
	case errors.Is(err, netcore.ErrCancelled):
		return &plainError{"The comparison was stopped. " + name + " is as verified as it was before.", err}
	case errors.Is(err, netcore.ErrBusy):
		return &plainError{"Codes are being compared with " + name + " already: on another screen, or by somebody else.", err}
	case errors.Is(err, netcore.ErrOffline), errors.Is(err, netcore.ErrLost):
		return &peerError{"The connection to " + name + " was lost. Both devices have to be online to compare codes.", err}
	}
	return err
}
