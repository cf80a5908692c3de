package discovery

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Where multicast DNS is spoken (RFC 6762, 3), and with which time to live (11).
var (
	group4 = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	group6 = &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: 5353}
)

const ttl = 255

// A hearing is told what an ear hears, from several goroutines.
type hearing struct {
	// heard is told of each packet of another computer, whatever it says, and of the interface that it
	// came over, or nothing.
	heard func(on string)
	// claim is told of each claim. done is closed when the ear wants to end.
	claim func(c claim, done <-chan struct{})
	// flood is told of more questions than a neighbourhood has.
	flood func()
	// deaf is told why the ear hears no more in one of the families, or in the only one. It must not block.
	deaf func(err error)
}

// A family is one of the two in which multicast is sent and heard.
type family struct {
	read  func(buf []byte) (n, index int, from net.Addr, err error)
	write func(packet []byte, card *net.Interface) error
	close func() error
}

// An ear hears what is said by multicast DNS, and asks. It must be used by one goroutine at a time.
type ear struct {
	network Network
	to      hearing
	gate    *gate
	v4, v6  *family // nil: not there
	done    chan struct{}
	tasks   sync.WaitGroup
}

// newEar listens on n until close. The error says why nothing can be heard.
func newEar(n Network, to hearing) (*ear, error) {
	e := &ear{network: n, to: to, gate: newGate(), done: make(chan struct{})}
	var err4, err6 error
	e.v4, err4 = open4(n)
	e.v6, err6 = open6(n)
	if e.v4 == nil && e.v6 == nil {
		return nil, errors.Join(err4, err6)
	}
	for _, f := range e.families() {
		e.tasks.Go(func() { e.listen(f) })
	}
	return e, nil
}

func (e *ear) families() (list []*family) {
	for _, f := range []*family{e.v4, e.v6} {
		if f != nil {
			list = append(list, f)
		}
	}
	return list
}

func open4(n Network) (*family, error) {
	socket, err := net.ListenUDP("udp4", group4)
	if err != nil {
		return nil, err
	}
	conn := ipv4.NewPacketConn(socket)
	if err := join(n, func(i *net.Interface) error { return conn.JoinGroup(i, group4) }); err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	// Not everywhere; then the interface's name is missing, or a router could carry packets on.
	_ = conn.SetControlMessage(ipv4.FlagInterface, true)
	_ = conn.SetMulticastTTL(ttl)
	return &family{
		read: func(buf []byte) (n, index int, from net.Addr, err error) {
			n, cm, from, err := conn.ReadFrom(buf)
			if cm != nil {
				index = cm.IfIndex
			}
			return n, index, from, err
		},
		write: func(packet []byte, card *net.Interface) error {
			if err := conn.SetMulticastInterface(card); err != nil {
				return err
			}
			_, err := conn.WriteTo(packet, nil, group4)
			return err
		},
		close: socket.Close,
	}, nil
}

func open6(n Network) (*family, error) {
	socket, err := net.ListenUDP("udp6", group6)
	if err != nil {
		return nil, err
	}
	conn := ipv6.NewPacketConn(socket)
	if err := join(n, func(i *net.Interface) error { return conn.JoinGroup(i, group6) }); err != nil {
		return nil, errors.Join(err, socket.Close())
	}
	_ = conn.SetControlMessage(ipv6.FlagInterface, true)
	_ = conn.SetMulticastHopLimit(ttl)
	return &family{
		read: func(buf []byte) (n, index int, from net.Addr, err error) {
			n, cm, from, err := conn.ReadFrom(buf)
			if cm != nil {
				index = cm.IfIndex
			}
			return n, index, from, err
		},
		write: func(packet []byte, card *net.Interface) error {
			if err := conn.SetMulticastInterface(card); err != nil {
				return err
			}
			_, err := conn.WriteTo(packet, nil, group6)
			return err
		},
		close: socket.Close,
	}, nil
}

// join joins the group on every interface; it fails if it can on none.
func join(n Network, join func(*net.Interface) error) error {
	err := errors.New("no interface")
	for _, card := range cards(n) {
		if failed := join(&card); err != nil {
			err = failed
		}
	}
	return err
}

// maxDeaf is after how many failures in a row an ear gives up.
const maxDeaf = 100

// listen reads until the socket is closed, or of no more use.
func (e *ear) listen(f *family) {
	buf := make([]byte, 64<<10) // Windows takes a packet that does not fit for an error
	var last error
	for deaf := 0; deaf < maxDeaf; {
		n, index, from, err := f.read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		udp, ok := from.(*net.UDPAddr)
		if err == nil && !ok {
			err = fmt.Errorf("a packet from %v", from)
		}
		if err != nil {
			deaf, last = deaf+1, err
			continue
		}
		deaf = 0
		e.take(buf[:n], udp.AddrPort(), index)
	}
	e.to.deaf(fmt.Errorf("%d packets in a row could not be read: %w", maxDeaf, last))
}

// take looks at a packet. Those from beyond the own networks, or another port, are no multicast DNS
// (RFC 6762, 11).
func (e *ear) take(packet []byte, from netip.AddrPort, index int) {
	addr := from.Addr().Unmap().WithZone("")
	own := e.network.HasLocal(addr)
	if !own {
		e.to.heard(e.nameOf(index))
	}
	if questions := questionsIn(packet, questionSum+1); questions > 0 {
		if !e.gate.bears(questions) {
			e.to.flood()
		}
		return
	}
	if from.Port() != uint16(group4.Port) || !own && !e.network.onLink(addr) || !e.gate.lets(addr) {
		return
	}
	for _, c := range claimsOf(packet) {
		e.to.claim(c, e.done)
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

// ask asks for all nodes but those with the labels that are known, over all interfaces. A responder
// answers in both families whichever it was asked in, so one question is enough where all have the same; every other
// one, as turn says, is asked in the other one.
func (e *ear) ask(known []string, turn int) error {
	packet, err := question(serviceName, known)
	if err != nil {
		return err
	}
	families := e.families()
	if turn > 0 && len(families) > 1 {
		families = families[turn%2:][:1]
	}
	return e.send(packet, families)
}

// knock asks everybody for everything.
func (e *ear) knock() error {
	packet, err := question(everything, nil)
	if err != nil {
		return err
	}
	return e.send(packet, e.families())
}

// send sends a packet over all interfaces. It fails if it can over none.
func (e *ear) send(packet []byte, families []*family) error {
	var errs []error
	sent := false
	for _, card := range cards(e.network) {
		for _, f := range families {
			err := f.write(packet, &card)
			errs = append(errs, err)
			sent = sent || err == nil
		}
	}
	if sent {
		return nil
	}
	return errors.Join(errs...)
}

func (e *ear) close() {
	close(e.done)
	for _, f := range e.families() {
		f.close()
	}
	e.tasks.Wait()
}
