package ui

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// connectTime is how long an address gets to answer.
const connectTime = 15 * time.Second

// A connectSheet asks for the address of a device, and reaches out to it.
type connectSheet struct {
	window  *Window
	sheet   *sheet
	address *entry
	news    *paragraph // how it stands; says nothing at first
	connect *button
	cancel  context.CancelFunc // ends the attempt; nil while there is none
}

// askConnect opens the sheet, unless something else is being asked.
func (w *Window) askConnect() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	c := &connectSheet{window: w, address: newEntry(w, "192.168.1.20")}
	c.news = newParagraph("", theme.SizeNameCaptionText, colorMuted)
	c.news.Hide()
	c.connect = newButton(lookPrimary, say(phrase{key: keyConnectDo}), c.start)
	body := container.NewVBox(
		newTitle(say(phrase{key: keyConnectTitle})),
		newParagraph(say(phrase{key: keyConnectText}), theme.SizeNameText, colorMuted),
		c.address, c.news)
	c.sheet = w.newSheet(body, newButton(lookPlain, say(phrase{key: keyCancel}), c.close), c.connect)
	c.sheet.show()
	w.win.Canvas().Focus(c.address)
	w.connecting = c
}

func (c *connectSheet) close() {
	c.stop()
	c.sheet.close()
}

// stop ends the attempt that is being made.
func (c *connectSheet) stop() {
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
}

// start reaches out to what is in the field.
func (c *connectSheet) start() {
	address := strings.TrimSpace(c.address.Text)
	if address == "" {
		return
	}
	ctx, cancel := context.WithTimeout(c.window.ended, connectTime)
	c.cancel = cancel
	c.connect.setDisabled(true)
	c.say(phrase{key: keyConnecting, args: args{"Address": shortAddress(address)}}, colorMuted)
	c.window.background(func(context.Context) {
		p, err := c.window.node.Connect(ctx, address)
		given := errors.Is(ctx.Err(), context.Canceled) // nobody waits for it
		cancel()
		c.window.ui(func() {
			if !given {
				c.ended(address, p, err)
			}
		})
	})
}

// ended shows how an attempt went.
func (c *connectSheet) ended(address string, p netcore.Peer, err error) {
	c.cancel = nil
	c.connect.setDisabled(false)
	if err != nil {
		c.window.log.Info("connect", "error", err)
		c.say(whyNot(address, err), colorBad)
		return
	}
	c.sheet.close()
	c.window.model.apply(netcore.PeerChanged{Peer: p}) // it is known from now on
	c.window.draw()
	c.window.toasts.show(phrase{key: keyConnected, args: args{"Peer": p.Name}}, nil)
}

func (c *connectSheet) say(p phrase, color fyne.ThemeColorName) {
	c.news.color = color
	c.news.Show()
	c.news.setWords(say(p))
	c.sheet.fill()
}

// isTicket reports whether what was typed holds who the device is, too.
func isTicket(address string) bool { return strings.HasPrefix(address, "ferry:") }

// shortAddress is an address as it is spoken of: of a ticket, that it is one.
func shortAddress(address string) any {
	if isTicket(address) {
		return phrase{key: keyTicket}
	}
	return address
}

// whyNot says why no device could be reached, and what to do.
func whyNot(address string, err error) phrase {
	var unknown *net.DNSError
	all := args{"Address": shortAddress(address), "Port": port(portOf(address))}
	switch {
	case errors.Is(err, netcore.ErrPeerID):
		return phrase{key: keyConnectOther}
	case errors.As(err, &unknown):
		return phrase{key: keyConnectNoName, args: all}
	case errors.Is(err, netcore.ErrUntrusted):
		return phrase{key: keyConnectHidden}
	case errors.Is(err, netcore.ErrVersion):
		return phrase{key: keyVersion}
	case errors.Is(err, netcore.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return phrase{key: keyConnectSilent, args: all}
	case errors.Is(err, netcore.ErrProtocol):
		return phrase{key: keyConnectNoFerry, args: all}
	case isTicket(address) && !isNetwork(err):
		return phrase{key: keyConnectBadTicket}
	case errors.Is(err, netcore.ErrOffline) && isNetwork(err):
		return phrase{key: keyConnectNobody, args: all}
	case errors.Is(err, netcore.ErrOffline):
		return phrase{key: keyConnectNoAddress, args: all}
	}
	return phrase{key: keyConnectNobody, args: all}
}

// isNetwork reports whether it was the network that failed, and not what was typed.
func isNetwork(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed)
}
