package main

import (
	"context"
	"net/netip"

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
	Verify(ctx context.Context, id netcore.PeerID) error
	SetNickname(id netcore.PeerID, name string)
	SetAutoAccept(id netcore.PeerID, a netcore.AutoAccept) error
	Block(id netcore.PeerID)
	Unblock(id netcore.PeerID)
	Ticket() string
	Diagnose() netcore.Diagnosis
	DiagnosePeer(ctx context.Context, id netcore.PeerID) netcore.PeerDiagnosis
	Find(ctx context.Context, query string) (netcore.Peer, error)
	Send(to netcore.PeerID, paths []string) (netcore.TransferID, error)
	Continue(ctx context.Context, query string, paths []string) (netcore.TransferID, bool)
	Cancel(id netcore.TransferID, keep netcore.Keep)
	Past(q netcore.Query) ([]netcore.Transfer, error)
	DropPast(ids ...netcore.TransferID) error
}

func openNode(cfg netcore.Config) (node, error) {
	n, err := netcore.New(cfg)
	if err != nil {
		return nil, err // not n: a nil *Node in a node is not nil
	}
	return n, nil
}
