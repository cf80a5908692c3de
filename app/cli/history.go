package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ferry/netcore"
)

// defaultHistory is how many transfers history prints.
const defaultHistory = 20

type historyOptions struct {
	most   int
	search string
	drop   []string // IDs of transfers, or their beginnings; or "all"
}

// dropAll in place of an ID means all transfers.
const dropAll = "all"

func prepareHistory(set *flag.FlagSet) action {
	o := &historyOptions{most: defaultHistory}
	set.Func("n", "", func(s string) (err error) {
		if o.most, err = strconv.Atoi(s); err != nil || o.most < 1 {
			return errors.New("must be a whole number from 1")
		}
		return nil
	})
	set.StringVar(&o.search, "search", "", "")
	set.Func("delete", "", func(s string) error {
		if s = strings.ToLower(s); s != dropAll && len(s) < shortID {
			return errors.New("must be an ID, as history prints it, or all")
		}
		o.drop = append(o.drop, s)
		return nil
	})
	return o.run
}

func (o *historyOptions) run(_ context.Context, p *program, args []string) error {
	switch {
	case len(args) > 0:
		return &usageError{"history", "history takes no arguments but its flags."}
	case len(o.drop) > 0 && o.search != "":
		return &usageError{"history", "--delete takes IDs, and goes with no --search."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return p.atRest(cfg, func(n node) error {
		if len(o.drop) > 0 {
			return p.dropPast(n, o.drop)
		}
		past, err := n.Past(netcore.Query{Limit: o.most, Text: o.search})
		if err != nil {
			return err
		}
		p.printHistory(past, o.search)
		return nil
	})
}

// dropPast forgets the transfers that which names: all that are there if it has "all".
func (p *program) dropPast(n node, which []string) error {
	past, err := n.Past(netcore.Query{Limit: math.MaxInt32})
	if err != nil {
		return err
	}
	var ids []netcore.TransferID
	for _, id := range which {
		found := pastWith(past, id)
		switch {
		case len(found) == 0 && id != dropAll:
			return &plainError{"There is no transfer " + visible(id) + " in the history. Nothing was deleted.", nil}
		case len(found) > 1 && id != dropAll:
			return &plainError{"Several transfers begin with " + visible(id) + "; give more of the ID of the one that is meant. Nothing was deleted.", nil}
		}
		ids = append(ids, found...)
	}
	if len(ids) > 0 { // else all would be meant
		if err := n.DropPast(ids...); err != nil {
			return err
		}
	}
	p.screen.result("Deleted " + countText(len(ids), "transfer", "transfers") + " from the history; the files stay")
	return nil
}

// pastWith returns the IDs that begin with id, or all.
func pastWith(past []netcore.Transfer, id string) []netcore.TransferID {
	var found []netcore.TransferID
	for _, t := range past {
		if id == dropAll || strings.HasPrefix(t.ID.String(), id) {
			found = append(found, t.ID)
		}
	}
	return found
}

func (p *program) printHistory(past []netcore.Transfer, search string) {
	p.json.history(past)
	switch {
	case len(past) == 0 && search != "":
		p.screen.note("Nothing that was sent or received has " + visible(search) + " in its name, or in that of the other device.")
	case len(past) == 0:
		p.screen.note("Nothing has been sent or received yet.")
	}
	if p.json != nil {
		return
	}
	for _, t := range past {
		p.screen.result(pastText(t))
	}
}

// shortID is how many characters of a transfer's ID are printed, and the least that name one.
const shortID = 8

// pastText is the line for a transfer of the past: its ID, when, what, how it ended,
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
	text := fmt.Sprintf("%s  %s  %-8s  %s: %s: %s", t.ID.String()[:shortID], t.Started.Local().Format("2006-01-02 15:04"), verb, routeText(t),
		end, contentText(t.Files, t.Folders, t.Links, t.Bytes))
	if t.Receipt != nil && len(t.Receipt.Root) > 0 {
		text += "; receipt " + shortRoot(t.Receipt)
	}
	return text
}
