package ui

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// port is a number that has no separators.
type port uint16

// portOf is the port of an address that a person typed.
func portOf(address string) uint16 {
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		return netcore.DefaultPort
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return netcore.DefaultPort
	}
	return uint16(n)
}

// showAddress says where this device can be reached: to be typed, and to be scanned.
func (w *Window) showAddress() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	const mostAddresses = 3
	addresses, ticket := addressesNow(w.node.Diagnose(), w.node.Self()), w.node.Ticket()
	var s *sheet
	shut := newButton(lookPlain, say(phrase{key: keyClose}), func() { s.close() })
	if len(addresses) == 0 || ticket == "" {
		s = w.newSheet(textBody(phrase{key: keyAddress}, phrase{key: keyCheckAloneFix}), shut)
		s.show()
		return
	}
	lines := container.New(tight(2))
	body := container.NewVBox(newTitle(say(phrase{key: keyAddress})),
		newParagraph(say(phrase{key: keyAddressText}), theme.SizeNameText, colorMuted), lines)
	for _, a := range addresses[:min(len(addresses), mostAddresses)] {
		line := newHeading("")
		line.setName(a, nil)
		lines.Add(line)
	}
	if code := newQRCode(ticket); code != nil {
		body.Add(container.NewHBox(layout.NewSpacer(), code, layout.NewSpacer()))
	}
	s = w.newSheet(body, shut, newButton(lookPrimary, say(phrase{key: keyAddressCopy}), func() {
		s.close()
		w.copy(ticket)
	}))
	s.show()
}

// addressesNow are the addresses that can be typed on another computer, those that
// people know first. The usual port is understood without being said.
func addressesNow(d netcore.Diagnosis, self netcore.Peer) []string {
	var found []netip.Addr
	for _, i := range d.Interfaces {
		for _, a := range i.Addrs {
			if !a.IsLinkLocalUnicast() {
				found = append(found, a.Unmap())
			}
		}
	}
	port := d.Port
	if len(found) == 0 {
		for _, a := range self.Addrs {
			found, port = append(found, a.Addr().Unmap()), a.Port()
		}
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	var all []string
	for _, a := range found {
		all = append(all, fmt.Sprint(netip.AddrPortFrom(a, port)))
	}
	return slices.Compact(all)
}

// fixedSquare keeps an object square, of one size.
func fixedSquare(o fyne.CanvasObject, side float32) *fyne.Container {
	return container.New(placed{
		min:   func() fyne.Size { return fyne.NewSquareSize(side) },
		place: func(fyne.Size) { put(o, 0, 0, side, side) },
	}, o)
}
