package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferry/netcore"
)

// findLimit is how long send waits for a peer to come online.
const findLimit = 10 * time.Second

// cancelLimit is how long a cancelled transfer may take to tell the other
// side.
const cancelLimit = 3 * time.Second

type sendOptions struct{ limits limitFlags }

func prepareSend(set *flag.FlagSet) action {
	o := new(sendOptions)
	o.limits.add(set)
	return o.run
}

func (o *sendOptions) run(ctx context.Context, p *program, args []string) error {
	if len(args) < 2 {
		return &usageError{"send", "send needs a PEER and at least one PATH."}
	}
	query := args[0]
	paths, err := existing(args[1:])
	if err != nil {
		return err
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	o.limits.apply(&cfg.Limits)
	return p.withNode(ctx, cfg, nobody, func(ctx context.Context, s session) error {
		if id, ok := s.node.Continue(ctx, query, paths); ok {
			return awaitEnd(ctx, s, id)
		}
		p.screen.setStatus("Looking for " + visible(query) + "…")
		peer, err := findPeer(ctx, s.node, query)
		if err != nil {
			return err
		}
		id, err := s.node.Send(peer.ID, paths)
		if err != nil {
			return err
		}
		return awaitEnd(ctx, s, id)
	})
}

// awaitEnd waits for the end of the transfer that id names. If a person ends
// the wait the transfer is cancelled; if something else does, the node keeps
// it in mind for the next time.
func awaitEnd(ctx context.Context, s session, id netcore.TransferID) error {
	t, err := s.end(ctx, id)
	if err == nil {
		return asError(transferCode(t))
	}
	if byPerson(ctx) {
		s.node.Cancel(id, netcore.KeepNothing)
		telling, done := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit)
		defer done()
		_, _ = s.end(telling, id) // who cannot be told finds out later
	}
	return err
}

// end returns the transfer that id names when it has ended, or why ctx did.
func (s session) end(ctx context.Context, id netcore.TransferID) (netcore.Transfer, error) {
	for {
		select {
		case t := <-s.ended:
			if t.ID == id {
				return t, nil
			}
		case <-ctx.Done():
			return netcore.Transfer{}, context.Cause(ctx)
		}
	}
}

// existing returns paths in their absolute form. One that does not exist is
// most likely mistyped, so it is an error before anything is offered; what
// becomes of one that cannot be read is for the node to find out.
func existing(paths []string) ([]string, error) {
	full := make([]string, len(paths))
	for i, path := range paths {
		switch path {
		case "":
			return nil, &usageError{"send", "A PATH is empty; nothing was sent."}
		case "-":
			return nil, &usageError{"send", "send takes files and folders, not what is piped to it: write that to a file first. A file that is called - is ./-."}
		}
		if _, err := os.Lstat(path); err != nil {
			return nil, &usageError{"", fmt.Sprintf("%s: %s; nothing was sent.", visible(path), systemWords(err))}
		}
		var err error
		if full[i], err = filepath.Abs(path); err != nil {
			return nil, err
		}
	}
	return full, nil
}

// A peerError is a peer that was not found or cannot be reached.
type peerError struct {
	words string
	cause error
}

func (e *peerError) Error() string { return e.words }
func (e *peerError) Unwrap() error { return e.cause }

// findPeer waits for the peer that query names.
func findPeer(ctx context.Context, n node, query string) (netcore.Peer, error) {
	if port, ok := impossiblePort(query); ok {
		return netcore.Peer{}, &usageError{"", fmt.Sprintf("%s is no address: %s is no port; a number from 1 to 65535 is.", visible(query), visible(port))}
	}
	finding, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	peer, err := n.Find(finding, query)
	if err == nil {
		return peer, nil
	}
	if interrupt := cause(ctx); interrupt != nil {
		return peer, interrupt
	}
	switch {
	case errors.Is(err, netcore.ErrAmbiguous):
		return peer, &peerError{severalWords(query, called(everybody(n), query)), err}
	case errors.Is(err, netcore.ErrVersion), errors.Is(err, netcore.ErrUntrusted),
		errors.Is(err, netcore.ErrBusy), errors.Is(err, netcore.ErrProtocol), errors.Is(err, netcore.ErrPeerID):
		return peer, err // somebody is there
	}
	return peer, &peerError{absentWords(query), err}
}

// everybody are the peers that are online, and those that are known.
func everybody(n node) []netcore.Peer {
	list := n.Peers()
	for _, p := range n.Known() {
		if !slices.ContainsFunc(list, func(q netcore.Peer) bool { return q.ID == p.ID }) {
			list = append(list, p)
		}
	}
	return list
}

// leastPrefix is how many characters of a peer ID stand for it, as Find has it.
const leastPrefix = 10

// called returns the peers that query may mean. A whole peer ID means that
// peer and nobody else: any peer can take it for a name.
func called(peers []netcore.Peer, query string) []netcore.Peer {
	if id, err := netcore.ParsePeerID(query); err == nil {
		return slices.DeleteFunc(slices.Clone(peers), func(p netcore.Peer) bool { return p.ID != id })
	}
	prefix := strings.ToLower(query)
	return slices.DeleteFunc(slices.Clone(peers), func(p netcore.Peer) bool {
		meant := len(prefix) >= leastPrefix && strings.HasPrefix(p.ID.String(), prefix)
		return !meant && !strings.EqualFold(p.Name, query) && !strings.EqualFold(p.OwnName, query)
	})
}

func severalWords(query string, peers []netcore.Peer) string {
	text := visible(query) + " may be any of several peers; give the whole peer ID of the one that is meant:"
	for _, peer := range peers {
		text += "\n  " + peer.ID.String() + "  " + visible(peer.Name)
	}
	return text
}

func absentWords(query string) string {
	if isAddress(query) {
		return "Ferry does not answer at " + visible(query) + ". Is it running there, and does its firewall let it be reached?"
	}
	return fmt.Sprintf("%s was not found in %d seconds. Is Ferry running there, and is it on the same network? "+
		"If it is, give its address in place of its name: HOST or HOST:PORT.", visible(query), int(findLimit.Seconds()))
}

// impossiblePort returns the port of an IP address with one, if nothing can listen on it.
func impossiblePort(s string) (string, bool) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", false
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return "", false // it may be what a device is called
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return port, err != nil || n == 0
}

func isAddress(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	_, _, err := net.SplitHostPort(s)
	return err == nil
}
