package netcore

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// A ticket is what a node's QR code holds: who it is, and where it can be reached. As text
// it is a URL: "ferry:PEERID?at=192.168.1.20:7776&at=[2001:db8::1]:7776".
type ticket struct {
	id    PeerID
	addrs []netip.AddrPort
}

const (
	ticketScheme    = "ferry"
	maxTicket       = 1024 // bytes
	maxTicketAddrs  = 8
	ticketAddrField = "at"
)

// Ticket returns what another device needs to find this one and to be sure that it is
// this one: its peer ID and its addresses, as a URL of less than 1 KiB that [Node.Connect]
// takes. Empty for a hidden node.
func (n *Node) Ticket() string {
	self := n.Self()
	if len(self.Addrs) == 0 {
		return ""
	}
	at := url.Values{}
	for _, a := range self.Addrs[:min(len(self.Addrs), maxTicketAddrs)] {
		at.Add(ticketAddrField, a.String())
	}
	u := url.URL{Scheme: ticketScheme, Opaque: self.ID.String(), RawQuery: at.Encode()}
	return u.String()
}

// isTicket reports whether s is meant to be a ticket.
func isTicket(s string) bool { return strings.HasPrefix(s, ticketScheme+":") }

var errTicket = fmt.Errorf("%w of a Ferry device; copy or scan it again", errAddress)

// parseTicket reads what Ticket returned, perhaps of a stranger.
func parseTicket(s string) (ticket, error) {
	if len(s) > maxTicket {
		return ticket{}, errTicket
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != ticketScheme {
		return ticket{}, errTicket
	}
	t := ticket{}
	if t.id, err = ParsePeerID(u.Opaque); err != nil {
		return ticket{}, fmt.Errorf("%w (%w)", errTicket, err)
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ticket{}, errTicket
	}
	for _, v := range values[ticketAddrField] {
		a, err := netip.ParseAddrPort(v)
		if err != nil || a.Port() == 0 || len(t.addrs) == maxTicketAddrs {
			return ticket{}, errTicket
		}
		t.addrs = append(t.addrs, a)
	}
	if len(t.addrs) == 0 {
		return ticket{}, errTicket
	}
	return t, nil
}
