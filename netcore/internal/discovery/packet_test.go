package discovery

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func packed(t *testing.T, m *dns.Msg) []byte {
	t.Helper()
	m.Compress = true
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

func response(answer, extra []dns.RR) *dns.Msg {
	return &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: answer, Extra: extra}
}

// TestClaims reads what responders say, in whatever order and case.
func TestClaims(t *testing.T) {
	shout := invented("Shout")
	for _, rr := range shout {
		rr.Header().Name = strings.ToUpper(rr.Header().Name)
	}
	leaving := invented("leaving")
	for _, rr := range leaving {
		rr.Header().Ttl = 0
	}
	other := invented("other")
	other[1].Header().Name, other[2].Header().Name = "other._http._tcp.local.", "other._http._tcp.local."
	reversed := invented("reversed")
	slices.Reverse(reversed)
	x, y := invented("x"), invented("y")
	long := invented("long")
	long[2].(*dns.TXT).Txt = slices.Repeat([]string{strings.Repeat("x", 255)}, 30)
	for _, c := range []struct {
		name string
		msg  *dns.Msg
		want []string // labels
	}{
		{"a node", response(x, nil), []string{"x"}},
		{"records of a question's answer", response(x[:1], x[1:]), []string{"x"}},
		{"from the end", response(reversed, nil), []string{"reversed"}},
		{"in capitals", response(shout, nil), []string{"SHOUT"}},
		{"two", response(slices.Concat(x, y), nil), []string{"x", "y"}},
		{"a long text", response(long, nil), []string{"long"}},
		{"a pointer and nothing else", response(x[:1], nil), nil},
		{"without a text", response(slices.Concat(x[:2], x[3:]), nil), nil},
		{"somebody who leaves", response(leaving, nil), nil},
		{"another service", response(other, nil), nil},
		{"a question", &dns.Msg{Answer: x}, nil},
	} {
		var got []string
		for _, claim := range claimsOf(packed(t, c.msg)) {
			if claim.gone {
				continue
			}
			got = append(got, claim.label)
			if claim.port != 7776 || !slices.Equal(claim.addrs, []netip.Addr{netip.MustParseAddr("10.77.0.66")}) {
				t.Errorf("%s: %+v", c.name, claim)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTooMuchInAPacket holds the limits.
func TestTooMuchInAPacket(t *testing.T) {
	var many, addrs []dns.RR
	for i := range 2 * maxClaims {
		many = append(many, invented(fmt.Sprint(i))[:3]...)
	}
	if got := len(claimsOf(packed(t, response(many, nil)))); got != maxClaims {
		t.Errorf("%d claims of one packet, want %d", got, maxClaims)
	}
	x := invented("x")
	for i := range 2 * maxHosts {
		a := *x[3].(*dns.A)
		a.A = net.IPv4(10, 77, 1, byte(i))
		addrs = append(addrs, &a)
	}
	if got := claimsOf(packed(t, response(slices.Concat(x[:3], addrs), nil))); len(got) != 1 || len(got[0].addrs) != maxHosts {
		t.Errorf("%+v, want %d addresses", got, maxHosts)
	}
	records := packed(t, response(slices.Concat(slices.Repeat(x[3:], maxRecords), x), nil))
	long := invented("long")
	long[2].(*dns.TXT).Txt = slices.Repeat([]string{strings.Repeat("x", 255)}, 200)
	for what, packet := range map[string][]byte{"records": records, "bytes": packed(t, response(long, nil))} {
		if got := claimsOf(packet); len(got) != 0 {
			t.Errorf("too many %s: %d claims, want none", what, len(got))
		}
	}
}

func TestQuestion(t *testing.T) {
	var known []string
	for i := range maxKnown {
		known = append(known, newLabel(idFor(fmt.Sprint(i))))
	}
	packet, err := question(serviceName, known)
	if err != nil || len(packet) > maxPacket {
		t.Fatalf("%d bytes, %v", len(packet), err)
	}
	var m dns.Msg
	if err := m.Unpack(packet); err != nil {
		t.Fatal(err)
	}
	if len(m.Question) != 1 || m.Question[0].Name != "_ferry._tcp.local." || m.Question[0].Qtype != dns.TypePTR || questionsIn(packet, 10) != 1 {
		t.Errorf("asked %v", m.Question)
	}
	var got []string
	for _, rr := range m.Answer {
		got = append(got, strings.TrimSuffix(rr.(*dns.PTR).Ptr, "."+serviceName))
	}
	if !slices.Equal(got, known) {
		t.Errorf("of %d known ones, %d are told", len(known), len(got))
	}
	for name, want := range map[string]int{"_Ferry._tcp.local.": 10, everything: 10, "x." + serviceName: 10, "_http._tcp.local.": 0} {
		flood := packed(t, &dns.Msg{Question: slices.Repeat([]dns.Question{{Name: name, Qtype: dns.TypePTR, Qclass: dns.ClassINET}}, 50)})
		if n := questionsIn(flood, 10); n != want {
			t.Errorf("%d questions for %s, want %d", n, name, want)
		}
		if n := questionsIn(flood[:len(flood)-1], 100); n != 0 {
			t.Errorf("%d questions in what makes no sense", n)
		}
	}
	if n := questionsIn(packed(t, response(invented("x"), nil)), 10); n != 0 {
		t.Errorf("%d questions in an answer", n)
	}
}

// TestGate: one that sends too much keeps nobody else out.
func TestGate(t *testing.T) {
	g := newGate()
	flooder, other := netip.MustParseAddr("10.77.0.2"), netip.MustParseAddr("10.77.0.3")
	in := 0
	for range 10 * sourceBurst {
		if g.lets(flooder) {
			in++
		}
	}
	if in < sourceBurst || in > 2*sourceBurst || !g.lets(other) {
		t.Errorf("%d of %d packets of one neighbour are read, and those of another: %v", in, 10*sourceBurst, g.lets(other))
	}
	addr := other
	for range 10 * maxSources {
		g.lets(addr)
		addr = addr.Next()
	}
	if len(g.sources) > maxSources {
		t.Errorf("%d senders are kept", len(g.sources))
	}
	if !g.bears(questionSum/2) || g.bears(questionSum) {
		t.Error("the number of questions has no limit, or hardly any")
	}
}
