package netcore_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

// A flood is one way to keep a node busy: many strangers do the same, each until ctx ends or it is
// cut off. All of one flood come from one address.
type flood struct {
	name   string
	each   func(g target, ctx context.Context) error
	count  int        // in a test
	most   int        // at the same time
	second rate.Limit // how many begin in a second, at most
}

var floods = []flood{
	{"idle", target.idle, 5000, 5000, rate.Inf},
	{"slow-loris", target.drip, 200, 400, rate.Inf},
	{"handshakes", target.handshake, 300, 50, 500},
	{"offers of one", target.offerAsOne, 200, 400, 10_000. / 60},
	{"offers of many", target.offerAsMany, 200, 400, 10_000. / 60},
	{"links", target.link, 300, 1000, 500},
	{"endless lists", target.endlessList, 4, 4, rate.Inf},
	{"pings", target.pings, 4, 4, rate.Inf},
	{"checks", target.checks, 4, 4, rate.Inf},
}

// run lets count strangers begin, and returns when they have. alive counts those that have not ended.
func (f flood) run(ctx context.Context, g target, count int, alive *atomic.Int64) {
	places, pace := make(chan struct{}, f.most), rate.NewLimiter(f.second, 10)
	for range count {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if pace.Wait(ctx) != nil {
			return
		}
		alive.Add(1)
		go func() {
			defer alive.Add(-1)
			defer func() { <-places }()
			_ = f.each(g, ctx) // being cut off is what it is for
		}()
	}
}

// A target is a node under attack, as seen from an address.
type target struct {
	addr string
	id   netcore.PeerID
	from net.IP
	one  *identity.Identity
}

func newTarget(addr string, id netcore.PeerID, from byte) (target, error) {
	one, err := identity.New()
	return target{addr, id, net.IPv4(127, 0, 1, from), one}, err
}

func (g target) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: g.from}}
	c, err := d.DialContext(ctx, "tcp", g.addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { c.Close() })
	return c, nil
}

// hello comes as far as both hellos. The identity is a new one if id is nil.
func (g target) hello(ctx context.Context, id *identity.Identity, purpose wire.Purpose) (*tls.Conn, error) {
	if id == nil {
		var err error
		if id, err = identity.New(); err != nil {
			return nil, err
		}
	}
	raw, err := g.dial(ctx)
	if err != nil {
		return nil, err
	}
	c := tls.Client(raw, id.ClientConfig(g.id))
	err = say(c, wire.TypeHello, wire.Hello{Purpose: purpose, Name: "Mallory", Instance: id.ID().Short()})
	if err == nil {
		_, _, err = wire.NewReader(c).Next()
	}
	if err != nil {
		raw.Close()
	}
	return c, err
}

func say(w io.Writer, typ wire.Type, v any) error {
	body, err := wire.Encode(v)
	if err != nil {
		return err
	}
	return wire.WriteFrame(w, typ, body)
}

// hold waits until the other side hangs up.
func hold(c net.Conn) error {
	defer c.Close()
	_, err := io.Copy(io.Discard, c)
	return err
}

func (g target) idle(ctx context.Context) error {
	c, err := g.dial(ctx)
	if err != nil {
		return err
	}
	return hold(c)
}

// drip says one byte of a handshake each second.
func (g target) drip(ctx context.Context) error {
	c, err := g.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	hello := append([]byte{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc}, make([]byte, 500)...)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := range hello {
		if _, err := c.Write(hello[i : i+1]); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (g target) handshake(ctx context.Context) error {
	c, err := g.hello(ctx, nil, wire.PurposeCheck)
	if err != nil {
		return err
	}
	return c.Close()
}

func (g target) offerAsOne(ctx context.Context) error  { return g.offer(ctx, g.one) }
func (g target) offerAsMany(ctx context.Context) error { return g.offer(ctx, nil) }

func (g target) offer(ctx context.Context, id *identity.Identity) error {
	c, err := g.hello(ctx, id, wire.PurposeTransfer)
	if err != nil {
		return err
	}
	var page wire.Page
	page.Add(wire.Entry{Path: "evil.txt", Size: 4})
	if err := say(c, wire.TypeOffer, wire.Offer{ID: netcore.TransferID(rand128()).String(), Files: 1, Bytes: 4}); err != nil {
		return err
	}
	if err := wire.WriteFrame(c, wire.TypeEntries, page.Body()); err != nil {
		return err
	}
	return hold(c)
}

func (g target) link(ctx context.Context) error {
	c, err := g.hello(ctx, nil, wire.PurposeLink)
	if err != nil {
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() { _ = hold(c) })
	defer reading.Wait()
	defer c.Close()
	return repeat(ctx, c, time.Second, wire.TypePing, make([]byte, 8))
}

// pings, and asks to be looked for, as fast as it can, and reads nothing.
func (g target) pings(ctx context.Context) error {
	return g.babble(ctx, wire.TypePing, make([]byte, 8))
}
func (g target) checks(ctx context.Context) error { return g.babble(ctx, wire.TypeCheck, nil) }

func (g target) babble(ctx context.Context, typ wire.Type, body []byte) error {
	c, err := g.hello(ctx, nil, wire.PurposeLink)
	if err != nil {
		return err
	}
	defer c.Close()
	return repeat(ctx, c, 0, typ, body)
}

// repeat says a frame each time that d has passed.
func repeat(ctx context.Context, c net.Conn, d time.Duration, typ wire.Type, body []byte) error {
	tick := time.NewTicker(max(d, time.Nanosecond))
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := wire.WriteFrame(c, typ, body); err != nil {
			return err
		}
		if d == 0 {
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// endlessList lists as much as an offer can, and more.
func (g target) endlessList(ctx context.Context) error {
	c, err := g.hello(ctx, nil, wire.PurposeTransfer)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := say(c, wire.TypeOffer, wire.Offer{ID: netcore.TransferID(rand128()).String(), Files: wire.MaxEntries}); err != nil {
		return err
	}
	for n := 0; ctx.Err() == nil; {
		var page wire.Page
		for page.Add(wire.Entry{Path: netcore.TransferID(rand128()).String()}) {
			n++
		}
		if err := wire.WriteFrame(c, wire.TypeEntries, page.Body()); err != nil {
			return err
		}
	}
	return nil
}

// What a node may take while all floods come at once.
const (
	mostFiles      = 1400 // open ones: 1024 strangers, 256 that have not said who they are, and its own
	mostGoroutines = 6000
	mostMemory     = 160 << 20 // bytes, VmHWM
	mostAsked      = 160       // questions to the person, in all
	mostOfOne      = 3         // of one device, at a time
	mostAtOnce     = 32 + 1    // at a time, a friend's included
)

// TestFloods has strangers do all that at once to a node that takes in a friend's file: the file arrives, the
// node takes little, the person is asked little, and strangers who mean well still get in.
func TestFloods(t *testing.T) {
	bob := startVictim(t)
	anna := netcoretest.Start(t, "Anna")
	peer, err := anna.Connect(t.Context(), bob.addr)
	if err != nil {
		t.Fatal(err)
	}
	src := t.TempDir()
	netcoretest.RandomFile(t, filepath.Join(src, "hello.bin"), 1<<10, 1)
	netcoretest.RandomFile(t, filepath.Join(src, "friend.bin"), 32<<20, 1)
	if got := anna.WaitFinal(t, anna.MustSend(t, peer.ID, filepath.Join(src, "hello.bin"))); got.State != netcore.Done {
		t.Fatalf("before the floods: %v, %v", got.State, got.Err)
	}
	anna.SetLimits(netcore.Limits{Upload: 1 << 20})
	id := anna.MustSend(t, peer.ID, filepath.Join(src, "friend.bin"))
	anna.WaitTransfer(t, "the beginning", moved(0))

	ctx, stop := context.WithCancel(t.Context())
	alive := make([]atomic.Int64, len(floods))
	for i, f := range floods {
		g, err := newTarget(bob.addr, peer.ID, byte(1+i))
		if err != nil {
			t.Fatal(err)
		}
		f.run(ctx, g, f.count, &alive[i])
	}
	netcoretest.Eventually(t, "the end of those who are slow", func() bool { return alive[1].Load() == 0 })
	if n := alive[0].Load(); n > 256 {
		t.Errorf("%d of the idle connections stand", n)
	}
	anna.SetLimits(netcore.Limits{})
	if got := anna.WaitFinal(t, id); got.State != netcore.Done {
		t.Errorf("the friend's file: %v, %v", got.State, got.Err)
	}
	g, err := newTarget(bob.addr, peer.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := g.hello(ctx, nil, wire.PurposeCheck); err != nil {
		t.Errorf("a stranger who means well: %v", err)
	} else {
		c.Close()
	}
	stop()
	for i := range alive {
		netcoretest.Eventually(t, "the end of "+floods[i].name, func() bool { return alive[i].Load() == 0 })
	}
	got := bob.end(t)
	t.Logf("%+v", got)
	for _, limit := range []struct {
		what      string
		got, most int
	}{
		{"open files", got.Files, mostFiles}, {"goroutines", got.Goroutines, mostGoroutines}, {"bytes of memory", got.Memory, mostMemory * dearness},
		{"questions", got.Asked, mostAsked}, {"questions of one device at a time", got.OfOne, mostOfOne}, {"questions at a time", got.AtOnce, mostAtOnce},
	} {
		if limit.got > limit.most {
			t.Errorf("%d %s, want at most %d", limit.got, limit.what, limit.most)
		}
	}
	netcoretest.SameTree(t, src, bob.inbox)
}
