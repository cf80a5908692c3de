package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"rsc.io/qr"

	"ferry/netcore"
)

type addressOptions struct{ listen string }

func prepareAddress(set *flag.FlagSet) action {
	o := new(addressOptions)
	set.Func("listen", "", func(s string) error { o.listen = s; return checkListen(s) })
	return o.run
}

// run opens a node that is never run, on any free port, for a Ferry may be running on the
// real one. Its ticket is that of the Ferry that runs but for the port.
func (o *addressOptions) run(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"address", "address takes no arguments but its flags."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	host, port, err := o.where()
	if err != nil {
		return err
	}
	cfg.Listen = net.JoinHostPort(host, "0")
	cfg.Handler = &front{newQueue(), nobody}
	n, err := p.open(cfg)
	if err != nil {
		return nodeError(cfg, err)
	}
	ticket, addrs, err := onPort(n.Ticket(), port)
	if err = errors.Join(err, n.Close()); err != nil {
		return err
	}
	if len(addrs) == 0 {
		return &plainError{"This computer is not connected to a network: it has no address.", netcore.ErrOffline}
	}
	p.printAddress(n.Self(), addrs, ticket)
	p.noteListening(ctx, cfg.Dir, port)
	return nil
}

// noteListening says so if this device does not listen on port now, whatever else does.
func (p *program) noteListening(ctx context.Context, dir string, port uint16) {
	switch r, ok := p.askRunning(ctx, dir, nil); {
	case !ok:
		p.screen.note(fmt.Sprintf("Nothing listens there now, on port %d: start Ferry, or ferry-cli receive.", port))
	case r.Diagnosis.Port != port:
		p.screen.note(fmt.Sprintf("Ferry listens on port %d here now, not on %d: ferry-cli address --listen :%d says its address.", r.Diagnosis.Port, port, r.Diagnosis.Port))
	}
}

// where is the address that Ferry listens on here.
func (o *addressOptions) where() (host string, port uint16, err error) {
	if o.listen == "" {
		return "", netcore.DefaultPort, nil
	}
	host, text, err := net.SplitHostPort(o.listen)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, &usageError{"address", "--listen must name a port: the one that Ferry listens on."}
	}
	return host, uint16(n), nil
}

// onPort returns a ticket for another port, and the addresses in it.
func onPort(ticket string, port uint16) (string, []netip.AddrPort, error) {
	if ticket == "" {
		return "", nil, nil
	}
	u, err := url.Parse(ticket)
	if err != nil {
		return "", nil, err
	}
	query := u.Query()
	var addrs []netip.AddrPort
	for i, text := range query["at"] {
		a, err := netip.ParseAddrPort(text)
		if err != nil {
			return "", nil, err
		}
		a = netip.AddrPortFrom(a.Addr(), port)
		addrs = append(addrs, a)
		query["at"][i] = a.String()
	}
	u.RawQuery = query.Encode()
	return u.String(), addrs, nil
}

func (p *program) printAddress(self netcore.Peer, addrs []netip.AddrPort, ticket string) {
	if p.json != nil {
		p.json.address(self, addrs, ticket)
		return
	}
	for _, a := range addrs {
		p.screen.result(a.String())
	}
	p.screen.result(ticket)
	if code, err := qr.Encode(ticket, qr.L); err == nil {
		p.screen.result(qrText(code))
	}
}

// qrText draws a code with characters that are two modules high. Light modules are
// the ones that have ink: terminals are mostly dark.
func qrText(code *qr.Code) string {
	const quiet = 2 // of the four that the standard asks for; cameras are content with it
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		for x := -quiet; x < code.Size+quiet; x++ {
			upper, lower := !code.Black(x, y), !code.Black(x, y+1) && y+1 < code.Size+quiet
			switch {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// portFree reports whether nothing on this computer listens on a TCP port.
func portFree(port uint16) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(int(port))))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
