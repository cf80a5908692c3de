package main

import (
	"context"
	"errors"
	"flag"
	"path/filepath"

	"ferry/netcore"
)

type trustOptions struct {
	rule netcore.AutoAccept
	ask  bool
	set  bool // something was said about what is accepted
}

func prepareTrust(set *flag.FlagSet) action {
	o := new(trustOptions)
	set.BoolFunc("auto-accept", "", func(string) error { o.set = true; return nil })
	set.BoolFunc("files-only", "", func(string) error { o.set, o.rule.FilesOnly = true, true; return nil })
	set.Func("dir", "", o.setDir)
	set.Func("max-size", "", o.setMaxSize)
	set.BoolVar(&o.ask, "ask", false, "")
	return o.run
}

func (o *trustOptions) setDir(s string) (err error) {
	o.set = true
	if s == "" {
		return errors.New("must be a folder")
	}
	o.rule.Dir, err = filepath.Abs(s)
	return err
}

func (o *trustOptions) setMaxSize(s string) (err error) {
	o.set = true
	if o.rule.MaxBytes, err = parseAmount(s); err != nil || o.rule.MaxBytes == 0 {
		return errors.New("must be a size such as 500K, 200M or 1.5G")
	}
	return nil
}

func (o *trustOptions) run(ctx context.Context, p *program, args []string) error {
	query, err := onePeer("trust", args)
	switch {
	case err != nil:
		return err
	case o.ask && o.set:
		return &usageError{"trust", "--ask takes back what is accepted without asking; it goes with no other flag."}
	case !o.ask && !o.set:
		return &usageError{"trust", "Say what trust is to mean: --auto-accept accepts what the PEER sends without asking, --ask asks again."}
	}
	o.rule.On = o.set
	return p.onPeer(ctx, query, amongKnown, func(n node, peer netcore.Peer) error {
		if err := n.SetAutoAccept(peer.ID, o.rule); err != nil {
			return trustError(peer, err)
		}
		p.screen.result("From " + shortPeer(peer) + ": " + ruleText(o.rule))
		return nil
	})
}

func trustError(peer netcore.Peer, err error) error {
	switch {
	case peer.Blocked:
		return &plainError{shortPeer(peer) + " is blocked. Unblock it first, and compare codes with it: ferry-cli unblock, ferry-cli verify", err}
	case errors.Is(err, netcore.ErrNotVerified):
		return &plainError{shortPeer(peer) + " is not verified, so nothing of it is accepted without asking. Compare codes first: ferry-cli verify " + peer.ID.String(), err}
	}
	return err
}

// ruleText says what of a peer is accepted without asking.
func ruleText(a netcore.AutoAccept) string {
	if !a.On {
		return "nothing is accepted without asking"
	}
	what := "every offer"
	if a.FilesOnly {
		what += " of files alone"
	}
	if a.MaxBytes > 0 {
		what += " up to " + bytesText(a.MaxBytes)
	}
	to := "the inbox"
	if a.Dir != "" {
		to = visible(a.Dir)
	}
	return what + " is accepted without asking, into " + to
}
