package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"time"

	"ferry/netcore"
)

// defaultHistory is how many transfers history prints.
const defaultHistory = 20

type historyOptions struct{ most int }

func prepareHistory(set *flag.FlagSet) action {
	o := &historyOptions{most: defaultHistory}
	set.Func("n", "", func(s string) (err error) {
		if o.most, err = strconv.Atoi(s); err != nil || o.most < 1 {
			return errors.New("must be a whole number from 1")
		}
		return nil
	})
	return o.run
}

// run opens a hidden node for a moment, as showID does.
func (o *historyOptions) run(_ context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"history", "history takes no arguments but its flags."}
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
	past, err := n.History(time.Time{}, o.most)
	if err == nil {
		p.printHistory(past)
	}
	return errors.Join(err, n.Close())
}

func (p *program) printHistory(past []netcore.Transfer) {
	p.json.history(past)
	if len(past) == 0 {
		p.screen.note("Nothing has been sent or received yet.")
	}
	if p.json != nil {
		return
	}
	for _, t := range past {
		p.screen.result(pastText(t))
	}
}

// pastText is the line for a transfer of the past: when, what, how it ended,
// how much, and what the receiver confirmed.
func pastText(t netcore.Transfer) string {
	end := t.State.String()
	if t.State != netcore.Done && t.Err != nil {
		end += " (" + transferReason(t) + ")"
	}
	if t.FailedCount > 0 {
		end += ", " + countText(t.FailedCount, "entry", "entries") + " failed"
	}
	verb := "sent"
	if t.Direction == netcore.Incoming {
		verb = "received"
	}
	text := fmt.Sprintf("%s  %-8s  %s: %s: %s", t.Started.Local().Format("2006-01-02 15:04"), verb, routeText(t),
		end, contentText(t.Files, t.Folders, t.Links, t.Bytes))
	if t.Receipt != nil && len(t.Receipt.Root) > 0 {
		text += "; receipt " + shortRoot(t.Receipt)
	}
	return text
}
