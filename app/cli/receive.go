package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"ferry/netcore"
)

// The values of --accept.
const (
	acceptAsk     = "ask"
	acceptTrusted = "trusted"
	acceptAll     = "all"
)

type receiveOptions struct {
	dir    string
	accept string
	listen string
	count  int // 0: no end
	limits limitFlags

	visible netcore.Visibility // empty: as set
}

func prepareReceive(set *flag.FlagSet) action {
	o := &receiveOptions{accept: acceptAsk}
	set.StringVar(&o.dir, "dir", "", "")
	set.Func("accept", "", o.setAccept)
	set.Func("listen", "", func(s string) error { o.listen = s; return checkListen(s) })
	set.Func("visible", "", o.setVisible)
	set.Func("count", "", o.setCount)
	o.limits.add(set)
	return o.run
}

func (o *receiveOptions) setAccept(s string) error {
	switch s {
	case acceptAsk, acceptTrusted, acceptAll:
		o.accept = s
		return nil
	}
	return errors.New("must be ask, trusted or all")
}

func (o *receiveOptions) setVisible(s string) error {
	switch v := netcore.Visibility(s); v {
	case netcore.VisibleToAll, netcore.VisibleToKnown, netcore.VisibleToNone:
		o.visible = v
		return nil
	}
	return errors.New("must be everyone, known or nobody")
}

func (o *receiveOptions) setCount(s string) (err error) {
	if o.count, err = strconv.Atoi(s); err != nil || o.count < 1 {
		return errors.New("must be a whole number from 1")
	}
	return nil
}

func (o *receiveOptions) run(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"receive", "receive takes no arguments but its flags."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if o.dir != "" {
		if cfg.Inbox, err = filepath.Abs(o.dir); err != nil {
			return err
		}
		// Now, and not when somebody has sent something.
		if err := os.MkdirAll(cfg.Inbox, 0o777); err != nil {
			return fmt.Errorf("files cannot be put there: %w", err)
		}
	}
	cfg.Listen = o.listen
	o.limits.apply(&cfg.Limits)
	cfg.Visibility = cmp.Or(o.visible, cfg.Visibility)
	who, err := o.person(p)
	if err != nil {
		return err
	}
	return p.withNode(ctx, cfg, who, o.await)
}

// await waits until as many transfers have ended as were asked for.
func (o *receiveOptions) await(ctx context.Context, s session) error {
	code := exitOK
	for n := 0; o.count == 0 || n < o.count; n++ {
		select {
		case t := <-s.ended:
			code = worse(code, transferCode(t))
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return asError(code)
}

// person returns who answers offers and compares codes, and says what people must know of it.
func (o *receiveOptions) person(p *program) (person, error) {
	compare := p.compareNowhere
	if p.asks {
		compare = p.compareWhenAsked()
	}
	switch o.accept {
	case acceptAll:
		p.screen.note("Warning: everything is accepted from everybody. Anyone on the network can fill this disk.")
		return person{acceptEverything, compare}, nil
	case acceptTrusted:
		return person{p.declineAsked, compare}, nil
	}
	if !p.asks {
		return person{}, &usageError{"receive", "There is no terminal to ask at; choose with --accept trusted or --accept all."}
	}
	asker := newAsker(p)
	return person{asker.decide, asker.compare}, nil
}
