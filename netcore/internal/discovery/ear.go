package discovery

import (
	"errors"
	"net"
	"net/netip"
	"sync"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Where multicast DNS is spoken (RFC 6762, 3).
var (
	group4 = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	group6 = &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: 5353}
)

// everything is the question that all responders answer, whatever they offer
// (RFC 6763, 9).
const everything = "_services._dns-sd._udp.local."

// An ear hears whether multicast arrives here from other computers at all, whatever is said.
type ear struct {
	network Network
	heard   func(from string) // the name of an interface, or nothing
	v4      *ipv4.PacketConn  // nil: not there
	v6      *ipv6.PacketConn
	tasks   sync.WaitGroup
}

// newEar listens on n until close. The error says why nothing can be heard.
func newEar(n Network, heard func(from string)) (*ear, error) {
	e := &ear{network: n, heard: heard}
	var errs []error
	for _, open := range []func() error{e.open4, e.open6} {
		if err := open(); err != nil {
			errs = append(errs, err)
		}
	}
	if e.v4 == nil && e.v6 == nil {
		return nil, errors.Join(errs...)
	}
	return e, nil
}

func (e *ear) open4() error {
	socket, err := net.ListenUDP("udp4", group4)
	if err != nil {
		return err
	}
	conn := ipv4.NewPacketConn(socket)
	if err := e.join(func(i *net.Interface) error { return conn.JoinGroup(i, group4) }); err != nil {
		return errors.Join(err, socket.Close())
	}
	_ = conn.SetControlMessage(ipv4.FlagInterface, true) // not everywhere; then the name is missing
	e.v4 = conn
	e.tasks.Go(func() {
		e.listen(func(buf []byte) (index int, from net.Addr, err error) {
			_, cm, from, err := conn.ReadFrom(buf)
			if cm != nil {
				index = cm.IfIndex
			}
			return index, from, err
		})
	})
	return nil
}

func (e *ear) open6() error {
	socket, err := net.ListenUDP("udp6", group6)
	if err != nil {
		return err
	}
	conn := ipv6.NewPacketConn(socket)
	if err := e.join(func(i *net.Interface) error { return conn.JoinGroup(i, group6) }); err != nil {
		return errors.Join(err, socket.Close())
	}
	_ = conn.SetControlMessage(ipv6.FlagInterface, true)
	e.v6 = conn
	e.tasks.Go(func() {
		e.listen(func(buf []byte) (index int, from net.Addr, err error) {
			_, cm, from, err := conn.ReadFrom(buf)
			if cm != nil {
				index = cm.IfIndex
			}
			return index, from, err
		})
	})
	return nil
}

// join joins the group on every interface; it fails if it can on none.
func (e *ear) join(join func(*net.Interface) error) error {
	err := errors.New("no interface")
	for _, card := range cards(e.network) {
		if failed := join(&card); err != nil {
			err = failed
		}
	}
	return err
}

// maxDeaf is after how many failures in a row an ear gives up.
const maxDeaf = 100

// listen reads until the socket is closed. Of a packet, only who has sent it counts.
func (e *ear) listen(read func([]byte) (int, net.Addr, error)) {
	buf := make([]byte, 64<<10) // Windows takes a packet that does not fit for an error
	for deaf := 0; deaf < maxDeaf; {
		index, from, err := read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		udp, ok := from.(*net.UDPAddr)
		if err != nil || !ok {
			deaf++
			continue
		}
		deaf = 0
		if addr, ok := netip.AddrFromSlice(udp.IP); ok && !e.network.HasLocal(addr) {
			e.heard(e.nameOf(index))
		}
	}
}

func (e *ear) nameOf(index int) string {
	for _, ifi := range e.network.Interfaces {
		if ifi.Index == index {
			return ifi.Name
		}
	}
	return ""
}

// knock asks everybody for everything, on all interfaces.
func (e *ear) knock() error {
	msg := new(dns.Msg)
	msg.SetQuestion(everything, dns.TypePTR)
	msg.Id, msg.RecursionDesired = 0, false
	packet, err := msg.Pack()
	if err != nil {
		return err
	}
	var errs []error
	for _, card := range cards(e.network) {
		if e.v4 != nil {
			_, err := e.v4.WriteTo(packet, &ipv4.ControlMessage{IfIndex: card.Index}, group4)
			errs = append(errs, err)
		}
		if e.v6 != nil {
			_, err := e.v6.WriteTo(packet, &ipv6.ControlMessage{IfIndex: card.Index}, group6)
			errs = append(errs, err)
		}
	}
	for _, err := range errs {
		if err == nil {
			return nil // one is enough
		}
	}
	return errors.Join(errs...)
}

func (e *ear) close() {
	if e.v4 != nil {
		e.v4.Close()
	}
	if e.v6 != nil {
		e.v6.Close()
	}
	e.tasks.Wait()
}
