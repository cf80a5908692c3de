package main

import (
	"context"
	"strings"

	"ferry/netcore"
)

// onePeer returns the PEER that is the only argument of a command.
func onePeer(command string, args []string) (string, error) {
	if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
		return "", &usageError{command, command + " needs one PEER."}
	}
	return args[0], nil
}

// knownPeer returns the known peer that query names, be it online or not.
func knownPeer(n node, query string) (netcore.Peer, error) {
	switch found := called(n.Known(), query); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return netcore.Peer{}, &peerError{visible(query) + " is no known device. ferry-cli known lists them.", netcore.ErrOffline}
	default:
		return netcore.Peer{}, &peerError{severalWords(query, found), netcore.ErrAmbiguous}
	}
}

// anyPeer returns the peer that query names: one that is known, a stranger whose whole peer ID it is, or
// one that is on the network now.
func (p *program) anyPeer(ctx context.Context, n node, query string) (netcore.Peer, error) {
	if found := called(n.Known(), query); len(found) > 0 {
		return knownPeer(n, query)
	}
	if id, err := netcore.ParsePeerID(query); err == nil {
		return netcore.Peer{ID: id, Name: id.Short()}, nil
	}
	p.screen.setStatus("Looking for " + visible(query) + "…")
	defer p.screen.setStatus("")
	return findPeer(ctx, n, query)
}

// of returns the peer as the node knows it after something was decided about it.
func of(n node, peer netcore.Peer) netcore.Peer {
	for _, now := range n.Known() {
		if now.ID == peer.ID {
			return now
		}
	}
	return peer
}
