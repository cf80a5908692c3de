package main

import (
	"context"
	"flag"

	"ferry/netcore"
)

// The commands that decide something about one peer. Each runs a hidden node for a moment: a node writes down what was
// decided while it runs.

// onPeer runs a hidden node, finds the peer that query names, and decides about it. It tells programs what has become of it.
func (p *program) onPeer(ctx context.Context, query string, find finder, decide func(node, netcore.Peer) error) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	return p.withNode(ctx, cfg, nobody, func(ctx context.Context, s session) error {
		peer, err := find(ctx, s.node, query)
		if err != nil {
			return err
		}
		if err := decide(s.node, peer); err != nil {
			return err
		}
		p.json.decided(of(s.node, peer))
		return nil
	})
}

// A finder returns the peer that query names.
type finder func(ctx context.Context, n node, query string) (netcore.Peer, error)

func amongKnown(_ context.Context, n node, query string) (netcore.Peer, error) {
	return knownPeer(n, query)
}

func prepareForget(*flag.FlagSet) action { return forget }

func forget(ctx context.Context, p *program, args []string) error {
	query, err := onePeer("forget", args)
	if err != nil {
		return err
	}
	return p.onPeer(ctx, query, amongKnown, func(n node, peer netcore.Peer) error {
		n.Forget(peer.ID)
		p.screen.result("Forgot " + shortPeer(peer))
		return nil
	})
}

func prepareBlock(*flag.FlagSet) action { return block }

func block(ctx context.Context, p *program, args []string) error {
	query, err := onePeer("block", args)
	if err != nil {
		return err
	}
	return p.onPeer(ctx, query, p.anyPeer, func(n node, peer netcore.Peer) error {
		n.Block(peer.ID)
		p.screen.result("Blocked " + shortPeer(peer) + ": nothing is taken from it, and it does not see this device")
		return nil
	})
}

func prepareUnblock(*flag.FlagSet) action { return unblock }

func unblock(ctx context.Context, p *program, args []string) error {
	query, err := onePeer("unblock", args)
	if err != nil {
		return err
	}
	return p.onPeer(ctx, query, amongKnown, func(n node, peer netcore.Peer) error {
		if !peer.Blocked {
			return &plainError{shortPeer(peer) + " is not blocked.", nil}
		}
		n.Unblock(peer.ID)
		p.screen.result("Unblocked " + shortPeer(peer) + "; what it sends is asked about")
		return nil
	})
}

func prepareName(*flag.FlagSet) action { return nickname }

// nickname gives a peer a name of this device's own, or takes that back.
func nickname(ctx context.Context, p *program, args []string) error {
	if len(args) != 2 {
		return &usageError{"name", `name needs a PEER and a NICKNAME ("" takes that back).`}
	}
	return p.onPeer(ctx, args[0], p.anyPeer, func(n node, peer netcore.Peer) error {
		n.SetNickname(peer.ID, args[1])
		now := of(n, peer)
		p.screen.result(visible(ownName(now)) + " (" + peer.ID.Short() + ") is called " + visible(now.Name) + " here")
		return nil
	})
}

// ownName is what the owner of a peer calls it.
func ownName(p netcore.Peer) string {
	if p.OwnName == "" {
		return p.Name
	}
	return p.OwnName
}

// shortPeer names a peer and says which one it is.
func shortPeer(p netcore.Peer) string { return visible(p.Name) + " (" + p.ID.Short() + ")" }
