package discovery

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"

	"github.com/grandcat/zeroconf"
	"go.uber.org/goleak"

	"ferry/netcore/internal/identity"
)

// A line is what a child prints, as JSON: what it has seen, or the interfaces
// of a network that it has come to know.
type line struct {
	Sighting *Sighting `json:",omitempty"`
	Network  *[]string `json:",omitempty"`
}

// roles are what a child does until its standard input ends. Its first argument is
// what it is called.
var roles = map[string]func(ctx context.Context, name string, out *json.Encoder) error{
	"node":    func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, false, out) },
	"hidden":  func(ctx context.Context, name string, out *json.Encoder) error { return runNode(ctx, name, true, out) },
	"foreign": runForeign,
}

// runRole plays a role, and reports goroutines that it left behind.
func runRole(role func(context.Context, string, *json.Encoder) error) error {
	log.SetOutput(io.Discard) // the library's, about address families that are missing
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		cancel()
		ended <- err
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

// idFor returns the peer ID of the node that a test calls name.
func idFor(name string) identity.PeerID { return sha256.Sum256([]byte(name)) }

func runNode(ctx context.Context, name string, hidden bool, out *json.Encoder) error {
	m := NewMDNS(MDNSConfig{
		ID:     idFor(name),
		Port:   7776,
		Hidden: hidden,
		Log:    slog.New(slog.NewTextHandler(os.Stderr, nil)),
		NetworkChanged: func(n Network) {
			names := n.Names()
			if err := out.Encode(line{Network: &names}); err != nil {
				panic(err)
			}
		},
	})
	return m.Run(ctx, func(s Sighting) {
		if err := out.Encode(line{Sighting: &s}); err != nil {
			panic(err)
		}
	})
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
