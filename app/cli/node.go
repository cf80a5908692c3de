package main

import (
	"context"
	"net/netip"
	"time"

	"ferry/netcore"
)

// A node is what the commands need of a [netcore.Node].
type node interface {
	Run(ctx context.Context) error
	Close() error
	Self() netcore.Peer
	Inbox() string
	Addr() netip.AddrPort
	Peers() []netcore.Peer
	Known() []netcore.Peer
	Forget(id netcore.PeerID)
	Ticket() string
	Diagnose() netcore.Diagnosis
	DiagnosePeer(ctx context.Context, id netcore.PeerID) netcore.PeerDiagnosis
	Find(ctx context.Context, query string) (netcore.Peer, error)
	Send(to netcore.PeerID, paths []string) (netcore.TransferID, error)
	Continue(ctx context.Context, query string, paths []string) (netcore.TransferID, bool)
	Cancel(id netcore.TransferID, keep netcore.Keep)
	History(before time.Time, limit int) ([]netcore.Transfer, error)
}

func openNode(cfg netcore.Config) (node, error) {
	n, err := netcore.New(cfg)
	if err != nil {
		return nil, err // not n: a nil *Node in a node is not nil
	}
	return n, nil
}
