package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"ferry/netcore"
)

func prepareID(*flag.FlagSet) action { return showID }

// showID opens a hidden node for a moment, so that it works beside one that runs
// in the same folder, and no second program knows where identities are kept.
func showID(_ context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"id", "id takes no arguments."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	cfg.Handler = &front{newQueue(), declineAll}
	n, err := p.open(cfg)
	if err != nil {
		return nodeError(cfg, err)
	}
	p.printID(n.Self(), cfg.Dir, n.Inbox())
	return n.Close()
}

func (p *program) printID(self netcore.Peer, dir, inbox string) {
	if p.json != nil {
		p.json.identity(self, dir, inbox)
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
