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
	"net"
	"os"
	"runtime"
	"sync"
	"time"

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

	Status *Status `json:",omitempty"` // asked for by a line of input
	Memory int64   `json:",omitempty"` // with it: resident at most, in bytes
	Heap   uint64  `json:",omitempty"` // with it: in use after a collection, in bytes
}

// roles are what a child does until its standard input ends. Its first argument
// is what it is called.
var roles = map[string]func(ctx context.Context, name string, out *json.Encoder) error{
	"node":     func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, false, out) },
	"hidden":   func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, true, out) },
	"foreign":  runForeign,
	"flood":    runFlood,
	"names":    runNames,
	"hostile":  runHostile,
	"asking":   runAsking,
	"liar":     runLiar,
	"crowd":    runCrowd,
	"restless": runRestless,
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
			switch what {
			case "knock":
				m.Knock()
			case "refresh":
				m.Refresh()
			}
			st := m.Status()
			runtime.GC()
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			if err := out.Encode(line{Status: &st, Memory: peakMemory(), Heap: mem.HeapAlloc}); err != nil {
				panic(err)
			}
		case <-ctx.Done():
			return
		}
	}
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

// How many nodes a crowd is of, and how often a restless node starts.
const (
	crowdOfTest    = 200
	startsAndStops = 100
)

// runCrowd publishes many nodes, which do nothing but answer.
func runCrowd(ctx context.Context, name string, out *json.Encoder) error {
	networks := make(chan Network, 1)
	watching, cancel := context.WithCancel(ctx)
	NewWatcher(nil, nil).Run(watching, func(n Network) { networks <- n; cancel() })
	n := <-networks
	for i := range crowdOfTest {
		id := idFor(fmt.Sprint(name, i))
		withdraw, err := zeroconfLibrary{}.publish(newLabel(id), uint16(10_000+i), textOf(id), n)
		if err != nil {
			return err
		}
		defer withdraw()
	}
	return ready(ctx, out)
}

// runRestless starts nodes, some at a time, and stops each when it is announced.
func runRestless(ctx context.Context, name string, out *json.Encoder) error {
	var work sync.WaitGroup
	errs := make(chan error, startsAndStops)
	const atOnce = 10
	for i := range atOnce {
		work.Go(func() {
			for j := range startsAndStops / atOnce {
				errs <- startAndStop(ctx, fmt.Sprint(name, i, "-", j))
			}
		})
	}
	work.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return ready(ctx, out)
}

func startAndStop(ctx context.Context, name string) error {
	ctx, cancel := context.WithCancel(ctx)
	m := NewMDNS(MDNSConfig{ID: idFor(name), Port: 7776})
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx, func(Sighting) {}) }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !m.Status().Announced && ctx.Err() == nil {
		<-tick.C
	}
	cancel()
	return <-ended
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
