package conn

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(t *testing.T, name string, silence time.Duration) *Config {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	return &Config{
		Identity: id,
		Hello:    func() wire.Hello { return wire.Hello{Name: name, Instance: name} },
		Silence:  silence,
	}
}

// pair connects two nodes.
func pair(t *testing.T, silence time.Duration) (dialled, accepted *Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, b := config(t, "A", silence), config(t, "B", silence)
	type result struct {
		c   *Conn
		err error
	}
	in := make(chan result, 1)
	go func() {
		raw, err := l.Accept()
		if err != nil {
			in <- result{nil, err}
			return
		}
		c, err := Accept(t.Context(), b, raw)
		in <- result{c, err}
	}()
	dialled, err = Dial(t.Context(), a, addrOf(l), b.Identity.ID(), wire.PurposeTransfer)
	if err != nil {
		t.Fatal(err)
	}
	other := <-in
	if other.err != nil {
		t.Fatal(other.err)
	}
	t.Cleanup(dialled.Close)
	t.Cleanup(other.c.Close)
	return dialled, other.c
}

func addrOf(l net.Listener) netip.AddrPort { return l.Addr().(*net.TCPAddr).AddrPort() }

func TestHellosAreExchanged(t *testing.T) {
	a, b := pair(t, 0)
	if a.Hello.Name != "B" || b.Hello.Name != "A" || !a.Dialled || b.Dialled || b.Hello.Purpose != wire.PurposeTransfer {
		t.Errorf("A knows %+v, B knows %+v", a.Hello, b.Hello)
	}
}

// TestLastWordsArrive fills both directions with bytes that nobody has read
// yet, and ends the connection: the peer still learns why.
func TestLastWordsArrive(t *testing.T) {
	a, b := pair(t, 0)
	for _, c := range []*Conn{a, b} { // as much as surely fits the sockets' buffers
		if err := errors.Join(c.Send(wire.TypeData, make([]byte, 128<<10)), c.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.Interrupt()
		a.Fail(fault.Cancelled)
	}()
	if typ, size, err := b.Next(); err != nil || typ != wire.TypeData || size != 128<<10 {
		t.Fatalf("first frame: %v, %d bytes, %v", typ, size, err)
	}
	_, _, err := b.Next()
	var remote *RemoteError
	if !errors.As(err, &remote) || !errors.Is(err, fault.Cancelled) {
		t.Errorf("the end is %v, want the peer's word that it cancelled", err)
	}
	b.Fail(err)
	<-ended
}

// TestBusyPeerIsNotGone lets both sides say and read nothing of their own for
// several times the limit on silence: signs of life keep the connection.
func TestBusyPeerIsNotGone(t *testing.T) {
	const silence = 300 * time.Millisecond
	a, b := pair(t, silence)
	read := make(chan error, 1)
	go func() {
		typ, _, err := b.Next()
		if err == nil && typ != wire.TypeBye {
			err = Unexpected(typ)
		}
		read <- err
	}()
	select {
	case err := <-read:
		t.Fatalf("ended while the peer was only busy: %v", err)
	case <-time.After(5 * silence):
	}
	if err := errors.Join(a.Send(wire.TypeBye), a.Flush()); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
}

// TestSilentPeerIsGone stops a peer's signs of life without closing anything.
func TestSilentPeerIsGone(t *testing.T) {
	a, b := pair(t, 300*time.Millisecond)
	a.writing.Lock() // its beat waits for the line, and sends nothing
	defer a.writing.Unlock()
	if _, _, err := b.Next(); !errors.Is(err, fault.Lost) {
		t.Errorf("silence ends with %v, want a lost connection", err)
	}
}

func TestProbeFindsADeadPeer(t *testing.T) {
	a, b := pair(t, time.Hour)
	b.writing.Lock() // it does not answer
	defer b.writing.Unlock()
	go func() { _, _, _ = b.Next() }()
	if err := a.Probe(100 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Next(); !errors.Is(err, fault.Lost) {
		t.Errorf("a probe without an answer ends with %v, want a lost connection", err)
	}
}

func TestDialAnyTakesTheAddressThatWorks(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	live, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	b := config(t, "B", 0)
	served := make(chan *Conn, 1)
	go func() {
		raw, err := live.Accept()
		if err != nil {
			close(served)
			return
		}
		c, err := Accept(t.Context(), b, raw)
		if err == nil {
			served <- c
		}
		close(served)
	}()
	refused := netip.MustParseAddrPort("127.0.0.1:1")
	addrs := []netip.AddrPort{addrOf(dead), refused, addrOf(live)}
	c, err := DialAny(t.Context(), config(t, "A", 0), addrs, b.Identity.ID(), wire.PurposeLink)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Remote != addrOf(live) {
		t.Errorf("connected to %v, want %v", c.Remote, addrOf(live))
	}
	if other := <-served; other != nil {
		other.Close()
	}
}

func TestDialErrors(t *testing.T) {
	b := config(t, "B", 0)
	serve := func(do func(net.Conn)) netip.AddrPort {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			if raw, err := l.Accept(); err == nil {
				do(raw)
			}
		}()
		return addrOf(l)
	}
	stranger, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	full := func(raw net.Conn) { // says why it will not even greet
		c := newConn(b, raw, func(s net.Conn) *tls.Conn { return tls.Server(s, b.Identity.ServerConfig()) })
		_ = c.open(t.Context(), b, func() error {
			c.Fail(fault.Busy)
			return fault.Busy
		})
	}
	ferry := func(raw net.Conn) {
		if c, err := Accept(t.Context(), b, raw); err == nil {
			c.Close()
		}
	}
	tests := []struct {
		name string
		addr netip.AddrPort
		peer identity.PeerID
		want error
	}{
		{"nobody listens", netip.MustParseAddrPort("127.0.0.1:1"), stranger.ID(), fault.Offline},
		{"another program", serve(func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n"); c.Close() }), stranger.ID(), fault.Protocol},
		{"hangs up", serve(func(c net.Conn) { c.Close() }), stranger.ID(), fault.Offline},
		{"another device", serve(ferry), stranger.ID(), identity.ErrPeerID},
		{"says that it is busy", serve(full), b.Identity.ID(), fault.Busy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Dial(t.Context(), config(t, "A", 0), tt.addr, tt.peer, wire.PurposeLink); !errors.Is(err, tt.want) || errors.Is(err, fault.Protocol) != (tt.want == fault.Protocol) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
		})
	}
}

// TestDialAnySaysWhatMatters has an address where nobody listens beside one at
// which another device answers: that is what a person must hear.
func TestDialAnySaysWhatMatters(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := config(t, "B", 0)
	go func() {
		if raw, err := l.Accept(); err == nil {
			if c, err := Accept(t.Context(), b, raw); err == nil {
				c.Close()
			}
		}
	}()
	a := config(t, "A", 0)
	addrs := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1"), addrOf(l)}
	_, err = DialAny(t.Context(), a, addrs, a.Identity.ID(), wire.PurposeLink)
	if !errors.Is(err, identity.ErrPeerID) || errors.Is(err, fault.Offline) {
		t.Errorf("error is %v, want only that another device answered", err)
	}
}

func TestTellingError(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("%w: details", err) }
	tests := []struct {
		name string
		errs []error
		want error
	}{
		{"all alike", []error{wrap(fault.Offline), wrap(fault.Offline)}, fault.Offline},
		{"slow is more than not there", []error{wrap(fault.Offline), wrap(fault.Timeout)}, fault.Timeout},
		{"an answer is more than none", []error{wrap(fault.Timeout), wrap(fault.Version), wrap(fault.Offline)}, fault.Version},
		{"another device", []error{wrap(fault.Version), wrap(identity.ErrPeerID), wrap(fault.Offline)}, identity.ErrPeerID},
	}
	for _, tt := range tests {
		if got := telling(tt.errs); !errors.Is(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAbortEndsAWriteThatIsBlocked(t *testing.T) {
	a, _ := pair(t, time.Hour) // its peer reads nothing
	written := make(chan error, 1)
	go func() {
		for {
			if err := a.Send(wire.TypeData, make([]byte, 1<<20)); err != nil {
				written <- err
				return
			}
		}
	}()
	for range 2 { // once more does no harm
		a.Abort()
	}
	if err := <-written; !errors.Is(err, fault.Lost) {
		t.Errorf("the write ended with %v, want a lost connection", err)
	}
}
