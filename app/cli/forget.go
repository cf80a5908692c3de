package main

import (
	"context"
	"flag"

	"ferry/netcore"
)

func prepareForget(*flag.FlagSet) action { return forget }

// forget runs a hidden node for a moment: a node writes down what it has forgotten
// while it runs.
func forget(ctx context.Context, p *program, args []string) error {
	if len(args) != 1 {
		return &usageError{"forget", "forget needs one PEER."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	return p.withNode(ctx, cfg, declineAll, func(_ context.Context, s session) error {
		peer, err := knownPeer(s.node, args[0])
		if err != nil {
			return err
		}
		s.node.Forget(peer.ID)
		p.screen.result("Forgot " + visible(peer.Name) + " (" + peer.ID.Short() + ")")
		return nil
	})
}

// knownPeer returns the known peer that query names, be it online or not.
func knownPeer(n node, query string) (netcore.Peer, error) {
	switch found := called(n.Known(), query); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return netcore.Peer{}, &peerError{visible(query) + " is no known device. ferry-cli peers --known lists them.", netcore.ErrOffline}
	default:
		return netcore.Peer{}, &peerError{severalWords(query, found), netcore.ErrAmbiguous}
	}
}
