package discovery

import (
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// Names of DNS-SD (RFC 6763, 4.1 and 9).
const (
	serviceName = serviceType + "." + domain + "."
	// everything is the question that all responders answer, whatever they offer.
	everything = "_services._dns-sd._udp.local."
)

// What is read of one packet at most. The first is the limit of RFC 6762, 17.
const (
	maxPacket  = 9000
	maxRecords = 400
	maxClaims  = 32
	maxHosts   = 64 // addresses, of all hosts in the packet
)

// A claim is what a packet says of one service of our type. All of it may be invented.
type claim struct {
	label string // of the instance, as it was written
	text  []string
	port  uint16
	addrs []netip.Addr
	gone  bool // it says goodbye, or says less than all
}

// claimsOf reads a packet. Each stands for itself: what it leaves out is not looked for in others, so that
// nothing need be remembered that a stranger has made up. Responders send all that belongs to a service in one
// packet (RFC 6763, 12).
func claimsOf(packet []byte) []claim {
	r := &reading{services: make(map[string]*service)}
	if len(packet) > maxPacket || r.read(packet) != nil {
		return nil // not even what came before the nonsense
	}
	for _, s := range r.services {
		c := &r.claims[s.claim]
		c.addrs = r.addrsOf(s.host)
		c.gone = c.gone || c.port == 0 || c.text == nil
	}
	return r.claims
}

// A reading is what a packet has said so far.
type reading struct {
	claims   []claim
	services map[string]*service // by instance name in lower case
	hosts    []hostAddr
}

// A service is which claim it is, and on which host.
type service struct {
	claim int
	host  string // in lower case
}

type hostAddr struct {
	host string // in lower case
	addr netip.Addr
}

func (r *reading) read(packet []byte) error {
	var p dnsmessage.Parser
	header, err := p.Start(packet)
	if err != nil || !header.Response {
		return err
	}
	if err := p.SkipAllQuestions(); err != nil {
		return err
	}
	if err := r.section(&p, p.AnswerHeader, p.SkipAnswer); err != nil {
		return err
	}
	if err := p.SkipAllAuthorities(); err != nil {
		return err
	}
	return r.section(&p, p.AdditionalHeader, p.SkipAdditional)
}

func (r *reading) section(p *dnsmessage.Parser, next func() (dnsmessage.ResourceHeader, error), skip func() error) error {
	for range maxRecords {
		h, err := next()
		if err == dnsmessage.ErrSectionDone {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.record(p, h, skip); err != nil {
			return err
		}
	}
	return dnsmessage.ErrSectionDone // too many
}

func (r *reading) record(p *dnsmessage.Parser, h dnsmessage.ResourceHeader, skip func() error) error {
	name := strings.ToLower(h.Name.String())
	switch h.Type {
	case dnsmessage.TypeSRV:
		srv, err := p.SRVResource()
		if s := r.service(name, h); s != nil && err == nil {
			s.host = strings.ToLower(srv.Target.String())
			r.claims[s.claim].port = srv.Port
		}
		return err
	case dnsmessage.TypeTXT:
		txt, err := p.TXTResource()
		if s := r.service(name, h); s != nil && err == nil {
			r.claims[s.claim].text = txt.TXT
		}
		return err
	case dnsmessage.TypeA:
		a, err := p.AResource()
		r.host(name, netip.AddrFrom4(a.A))
		return err
	case dnsmessage.TypeAAAA:
		aaaa, err := p.AAAAResource()
		r.host(name, netip.AddrFrom16(aaaa.AAAA))
		return err
	}
	return skip()
}

// service returns the service of that name; nil if it is none of ours, or there is no room for it.
func (r *reading) service(name string, h dnsmessage.ResourceHeader) *service {
	label, ours := strings.CutSuffix(name, "."+serviceName)
	s := r.services[name]
	if s == nil && ours && len(r.claims) < maxClaims {
		s = &service{claim: len(r.claims)}
		r.services[name] = s
		r.claims = append(r.claims, claim{label: h.Name.String()[:len(label)]})
	}
	if s != nil && h.TTL == 0 {
		r.claims[s.claim].gone = true
	}
	return s
}

func (r *reading) host(name string, addr netip.Addr) {
	if len(r.hosts) < maxHosts {
		r.hosts = append(r.hosts, hostAddr{name, addr})
	}
}

func (r *reading) addrsOf(host string) (list []netip.Addr) {
	for _, h := range r.hosts {
		if h.host == host {
			list = append(list, h.addr)
		}
	}
	return list
}

// questionsIn returns how many questions a packet asks that concern our service; 0 for an answer and for
// what makes no sense. It stops counting at enough.
func questionsIn(packet []byte, enough int) int {
	var p dnsmessage.Parser
	if header, err := p.Start(packet); err != nil || header.Response {
		return 0
	}
	for count := 0; count < enough; {
		q, err := p.Question()
		if err == dnsmessage.ErrSectionDone {
			return count
		}
		if err != nil {
			return 0
		}
		if name := strings.ToLower(q.Name.String()); name == everything || strings.HasSuffix(name, serviceName) {
			count++
		}
	}
	return enough
}

// knownTTL is what is said of how long an answer that is known still holds, in seconds: more than half of what
// any responder says, or it would answer all the same (RFC 6762, 7.1).
const knownTTL = 4500

// question is a packet that asks for the pointers at name. Who has one of the labels need not
// answer.
func question(name string, known []string) ([]byte, error) {
	b := dnsmessage.NewBuilder(make([]byte, 0, 512), dnsmessage.Header{})
	b.EnableCompression()
	asked, err := dnsmessage.NewName(name)
	if err != nil {
		return nil, err
	}
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(dnsmessage.Question{Name: asked, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	if err := b.StartAnswers(); err != nil {
		return nil, err
	}
	header := dnsmessage.ResourceHeader{Name: asked, Class: dnsmessage.ClassINET, TTL: knownTTL}
	for _, label := range known {
		ptr, err := dnsmessage.NewName(label + "." + name)
		if err != nil {
			return nil, err
		}
		if err := b.PTRResource(header, dnsmessage.PTRResource{PTR: ptr}); err != nil {
			return nil, err
		}
	}
	return b.Finish()
}
