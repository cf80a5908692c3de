package discovery

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/grandcat/zeroconf"
	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"ferry/netcore/internal/identity"
)

// A line is what a child prints, as JSON: what it has seen, or the interfaces
// of a network that it has come to know, or a warning in its log.
type line struct {
	Sighting *Sighting `json:",omitempty"`
	Network  *[]string `json:",omitempty"`

	Flooded bool    `json:"flooded,omitempty"` // of a warning
	Status  *Status `json:",omitempty"`        // asked for by a line of input
	Memory  int64   `json:",omitempty"`        // with it: resident at most, in bytes
}

// roles are what a child does until its standard input ends. Its first argument
// is what it is called.
var roles = map[string]func(ctx context.Context, name string, out *json.Encoder) error{
	"node":    func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, false, out) },
	"hidden":  func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, true, out) },
	"foreign": runForeign,
	"flood":   runFlood,
	"hostile": runHostile,
}

// runRole plays a role, and reports goroutines that it left behind.
func runRole(role func(context.Context, string, *json.Encoder) error) error {
	log.SetOutput(io.Discard) // the library's, about address families that are missing
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			asked <- in.Text()
		}
		cancel()
		ended <- in.Err()
	}()
	if err := role(ctx, os.Args[1], json.NewEncoder(os.Stdout)); err != nil {
		return err
	}
	if err := <-ended; err != nil {
		return err
	}
	// The library's announcements outlive their service by some seconds.
	return goleak.Find(goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe"))
}

// asked takes lines of standard input to whatever role reads them.
var asked = make(chan string)

// idFor returns the peer ID of the node that a test calls name.
func idFor(name string) identity.PeerID { return sha256.Sum256([]byte(name)) }

func runNode(ctx context.Context, name string, hidden bool, out *json.Encoder) error {
	m := NewMDNS(MDNSConfig{
		ID:     idFor(name),
		Port:   7776,
		Hidden: hidden,
		Log:    slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn})),
		NetworkChanged: func(n Network) {
			names := n.Names()
			if err := out.Encode(line{Network: &names}); err != nil {
				panic(err)
			}
		},
	})
	go answerStatus(ctx, m, out)
	return m.Run(ctx, func(s Sighting) {
		if err := out.Encode(line{Sighting: &s}); err != nil {
			panic(err)
		}
	})
}

// answerStatus knocks, or prints the status, as it is asked.
func answerStatus(ctx context.Context, m *MDNS, out *json.Encoder) {
	for {
		select {
		case what := <-asked:
			if what == "knock" {
				m.Knock()
			}
			st := m.Status()
			if err := out.Encode(line{Status: &st, Memory: peakMemory()}); err != nil {
				panic(err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// runHostile sends what no honest program does: noise, packets that are cut short or changed in places, names
// that refer to themselves, a record text as large as can be, and other nodes under a name that is there already.
func runHostile(ctx context.Context, name string, out *json.Encoder) error {
	conn, err := net.Dial("udp4", "224.0.0.251:5353")
	if err != nil {
		return err
	}
	defer conn.Close()
	random := rand.New(rand.NewPCG(1, 1))
	msg := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true, Answer: invented(name)}
	good, err := msg.Pack()
	if err != nil {
		return err
	}
	loop := append(slices.Clone(good[:12]), 0xc0, 12, 0, 12, 0, 1)
	huge := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: invented(name + "huge")}
	huge.Answer[2].(*dns.TXT).Txt = slices.Repeat([]string{strings.Repeat("x", 255)}, 200)
	big, err := huge.Pack()
	if err != nil {
		return err
	}
	for i := range 3000 {
		packet := slices.Clone(good)
		switch i % 6 {
		case 0:
			packet = make([]byte, random.IntN(1400)+1)
			for j := range packet {
				packet[j] = byte(random.Uint32())
			}
		case 1:
			packet = packet[:random.IntN(len(packet))+1]
		case 2:
			for range 5 {
				packet[random.IntN(len(packet))] = byte(random.Uint32())
			}
		case 3:
			packet = loop
		case 4:
			packet = big
		case 5: // another key each time
			other := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: invented(name)}
			other.Answer[2].(*dns.TXT).Txt = textOf(idFor(fmt.Sprint(name, i)))
			if packet, err = other.Pack(); err != nil {
				return err
			}
		}
		if _, err := conn.Write(packet); err != nil {
			return err
		}
	}
	if err := out.Encode(line{Network: &[]string{"ready"}}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// runForeign publishes services of our type whose TXT records mean nothing.
func runForeign(ctx context.Context, name string, out *json.Encoder) error {
	texts := [][]string{
		nil,
		{"v=1"},
		{"v=1", "id="},
		{"v=1", "id=" + idFor(name).Short()},
		{"v=2", "id=" + idFor(name).String()},
		{"path=/\x00\xff", "=", "id", "v"},
	}
	for i, text := range texts {
		label := fmt.Sprintf("%s-%d", name, i)
		server, err := zeroconf.RegisterProxy(label, serviceType, domain, 7776, label, nil, text, nil)
		if err != nil {
			return err
		}
		defer server.Shutdown()
	}
	if err := out.Encode(line{Network: &[]string{"ready"}}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// runFlood announces ever new nodes until it is told to end.
func runFlood(ctx context.Context, name string, _ *json.Encoder) error {
	conn, err := net.Dial("udp4", "224.0.0.251:5353")
	if err != nil {
		return err
	}
	defer conn.Close()
	for i := 0; ctx.Err() == nil; {
		msg := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true}
		for range 10 {
			i++
			msg.Answer = append(msg.Answer, invented(fmt.Sprint(name, i))...)
		}
		packet, err := msg.Pack()
		if err != nil {
			return err
		}
		if _, err := conn.Write(packet); err != nil {
			return err
		}
	}
	return nil
}

// invented returns the records of a node that is not there.
func invented(name string) []dns.RR {
	const service = "_ferry._tcp.local."
	host, instance := name+".local.", name+"."+service
	header := func(of string, rrtype uint16) dns.RR_Header {
		return dns.RR_Header{Name: of, Rrtype: rrtype, Class: dns.ClassINET, Ttl: 120}
	}
	return []dns.RR{
		&dns.PTR{Hdr: header(service, dns.TypePTR), Ptr: instance},
		&dns.SRV{Hdr: header(instance, dns.TypeSRV), Port: 7776, Target: host},
		&dns.TXT{Hdr: header(instance, dns.TypeTXT), Txt: textOf(idFor(name))},
		&dns.A{Hdr: header(host, dns.TypeA), A: net.IPv4(10, 77, 0, 66)},
	}
}
