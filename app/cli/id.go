package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"ferry/netcore"
)

type idOptions struct{ renew bool }

func prepareID(set *flag.FlagSet) action {
	o := new(idOptions)
	set.BoolVar(&o.renew, "new", false, "")
	return o.run
}

// run asks a node, so that no second program knows where identities are kept.
func (o *idOptions) run(_ context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"id", "id takes no arguments."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	old := ""
	if o.renew {
		if old, err = renew(cfg.Dir); err != nil {
			return nodeError(cfg, err)
		}
	}
	return p.atRest(cfg, func(n node) error {
		p.printID(n.Self(), cfg.Dir, n.Inbox(), old)
		return nil
	})
}

// renew makes this computer a new device. It returns the name of the key that it had.
func renew(dir string) (old string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	_, old, err = netcore.NewIdentity(dir)
	return old, err
}

func (p *program) printID(self netcore.Peer, dir, inbox, old string) {
	if old != "" {
		p.screen.note("This is a new device now. The old key is kept as " + visible(old) + ". A Ferry that runs here has the old one until it is started again.")
	}
	if p.json != nil {
		p.json.identity(self, dir, inbox, old)
		return
	}
	p.screen.result(fmt.Sprintf("name:    %s\npeer ID: %s\nconfig:  %s\ninbox:   %s",
		visible(self.Name), self.ID, visible(dir), visible(inbox)))
}

// nodeError puts a node that could not be opened into words.
func nodeError(cfg netcore.Config, err error) error {
	if errors.Is(err, netcore.ErrIdentity) {
		return &plainError{"The identity file in " + visible(cfg.Dir) + " (identity.pem) is damaged. " +
			"Restore it from a backup, or move it away to start as a new device that others must get to know again.", err}
	}
	return err
}
