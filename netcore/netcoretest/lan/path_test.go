//go:build linux

package lan

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func init() {
	roles["echo"] = echoUDP
	roles["ping"] = pingUDP
	roles["count"] = countUDP
	roles["flood"] = floodUDP
	roles["swallow"] = swallowTCP
	roles["pour"] = pourTCP
}

const (
	pings  = 20
	floods = 2000 // datagrams
	pour   = 24 << 20
)

// TestPathDelay: there and back takes twice the delay, and a cable nothing.
func TestPathDelay(t *testing.T) {
	t.Parallel()
	const delay = 40 * time.Millisecond
	l := New(t, 2)
	start(t, l.Host(2), "echo").expect("ready")
	roundTrip := func() (least, median time.Duration) {
		out, err := runRole(t, l.Host(1), "ping", l.Host(2).IP().String())
		if _, serr := fmt.Sscan(out, (*int64)(&least), (*int64)(&median)); err != nil || serr != nil {
			t.Fatal(err, serr, out)
		}
		return least, median
	}
	l.Host(2).SetPath(Path{Delay: delay})
	if least, median := roundTrip(); least < 2*delay || median > 3*delay {
		t.Errorf("round trips took %v at least and %v in the median; want a bit more than %v", least, median, 2*delay)
	}
	l.Host(2).SetPath(Path{})
	if least, _ := roundTrip(); least > delay {
		t.Errorf("over a cable a round trip took %v", least)
	}
}

// TestPathLoss: as many packets get lost as were asked for.
func TestPathLoss(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	start(t, l.Host(2), "count").expect("ready")
	l.Host(2).SetPath(Path{Loss: 0.1})
	out, err := runRole(t, l.Host(1), "flood", l.Host(2).IP().String())
	got, nerr := strconv.Atoi(strings.TrimSpace(out))
	if err != nil || nerr != nil {
		t.Fatal(err, nerr, out)
	}
	if lost := floods - got; lost < floods*7/100 || lost > floods*13/100 {
		t.Errorf("%d of %d datagrams got lost, want a tenth", lost, floods)
	}
}

// TestPathCarriesTCP: what gets lost out of large frames is sent again and
// comes out whole, over IPv4 and IPv6, and no faster than the rate.
func TestPathCarriesTCP(t *testing.T) {
	t.Parallel()
	const mbit = 100
	l := New(t, 2)
	start(t, l.Host(2), "swallow").expect("ready")
	l.Host(1).SetRate(mbit)
	l.Host(1).SetPath(Path{Delay: time.Millisecond, Loss: 0.001})
	for _, addr := range []string{l.Host(2).IP().String(), linkLocal(t, l.Host(2)) + "%eth0"} {
		if got := speed(t, l.Host(1), addr); got > mbit || got < mbit/10 {
			t.Errorf("%s: %.0f Mbit/s over a path of %d", addr, got, mbit)
		}
	}
}

// TestPathIsFast: a path of 20 ms there and back is no bottleneck at 1 Gbit/s.
// What is required leaves room for a computer that is busy with other tests,
// and for TCP's slow start.
func TestPathIsFast(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	start(t, l.Host(2), "swallow").expect("ready")
	l.Host(2).SetPath(Path{Delay: 10 * time.Millisecond})
	l.await("a fast path", func() bool {
		return speed(t, l.Host(1), l.Host(2).IP().String()) > 200
	})
}

// speed is how fast a connection from h to addr carries content, in Mbit/s.
func speed(t *testing.T, h *Host, addr string) float64 {
	t.Helper()
	out, err := runRole(t, h, "pour", addr)
	took, perr := time.ParseDuration(strings.TrimSpace(out))
	if err != nil || perr != nil {
		t.Fatal(err, perr, out)
	}
	got := pour * 8 / 1e6 / took.Seconds()
	t.Logf("%s: %.0f Mbit/s", addr, got)
	return got
}

// TestPathIsPartOfTheLAN: what can be done to a host can be done behind a path.
func TestPathIsPartOfTheLAN(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	a, b := l.Host(1), l.Host(2)
	b.SetPath(Path{Delay: time.Millisecond})
	b.SetPath(Path{Delay: 2 * time.Millisecond})
	start(t, b, "listen").expect("ready")
	awaitDial(t, a, b.IP().String())
	for name, set := range map[string]func(bool){
		"cable":    b.SetCable,
		"link":     b.SetLink,
		"isolated": func(up bool) { a.SetIsolated(!up); b.SetIsolated(!up) },
		"isolated before": func(up bool) {
			for _, h := range []*Host{a, b} {
				h.SetPath(Path{})
				h.SetIsolated(!up)
				h.SetPath(Path{Delay: time.Millisecond})
			}
		},
	} {
		set(false)
		if _, err := dial(t, a, b.IP().String()); err == nil {
			t.Errorf("%s: still reachable", name)
		}
		set(true)
		awaitDial(t, a, b.IP().String())
	}
}

// TestSurvivors cuts packets out of a frame and looks at what is left.
func TestSurvivors(t *testing.T) {
	for _, c := range []struct {
		name string
		lost string // a letter for each packet, x for a lost one
		want string // the content that is left, frame by frame
	}{
		{"nothing lost", "......", "aabbccddeef"},
		{"the first", "x.....", "bbccddeef"},
		{"the last", ".....x", "aabbccddee"},
		{"in the middle", "..xx..", "aabb eef"},
		{"every other", "x.x.x.", "bb dd f"},
		{"all", "xxxxxx", ""},
	} {
		for _, family := range []int{4, 6} {
			i := -1
			lost := func() bool { i++; return c.lost[i] == 'x' }
			var got []string
			for _, piece := range survivors(tcpSample(family, "aabbccddeef", 2), lost) {
				got = append(got, checkPiece(t, piece, family))
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%s, IPv%d: got %q, want %q", c.name, family, text, c.want)
			}
		}
	}
}

// TestSurvivorsOfOnePacket: what is no large TCP frame is lost or copied.
func TestSurvivorsOfOnePacket(t *testing.T) {
	for _, frame := range [][]byte{{}, make([]byte, 20), make([]byte, 60), tcpSample(4, "", 2)} {
		if got := survivors(frame, func() bool { return true }); len(got) != 0 {
			t.Errorf("%d bytes: lost, and yet there: %q", len(frame), got)
		}
		got := survivors(frame, func() bool { return false })
		if len(got) != 1 || !bytes.Equal(got[0], frame) {
			t.Errorf("%d bytes: got %q", len(frame), got)
		}
	}
}

const sampleSeq = 1<<32 - 3 // it runs over within the frame

// tcpSample is a large frame as a tap device gives it.
func tcpSample(family int, content string, size int) []byte {
	ip := make([]byte, 20)
	kind := uint16(typeIPv4)
	if family == 6 {
		ip, kind = make([]byte, 40), 0x86dd
	}
	frame := make([]byte, ipHeader)
	frame[0], frame[vnetGSOType] = 1, 1
	binary.LittleEndian.PutUint16(frame[vnetGSOSize:], uint16(size))
	binary.LittleEndian.PutUint16(frame[vnetTCP:], uint16(14+len(ip)))
	binary.LittleEndian.PutUint16(frame[vnetTCPSum:], 16)
	binary.BigEndian.PutUint16(frame[etherType:], kind)
	tcp := make([]byte, 24) // with an option
	binary.BigEndian.PutUint32(tcp[tcpSeq:], sampleSeq)
	tcp[tcpLength], tcp[tcpFlags] = 6<<4, flagFIN|flagPSH|flagCWR
	tcp = append(tcp, content...)
	binary.BigEndian.PutUint16(tcp[16:], uint16(len(tcp)))
	if family == 4 {
		ip[0] = 0x45
		binary.BigEndian.PutUint16(ip[ipv4ID:], 100)
		binary.BigEndian.PutUint16(ip[ipv4Length:], uint16(20+len(tcp)))
	}
	return append(append(frame, ip...), tcp...)
}

// checkPiece requires that the headers of a piece of a sample fit its content,
// which it returns.
func checkPiece(t *testing.T, piece []byte, family int) string {
	t.Helper()
	ip := piece[ipHeader:]
	tcp := ip[40:]
	length := int(binary.BigEndian.Uint16(ip[ipv6Payload:])) + 40
	if family == 4 {
		tcp = ip[20:]
		length = int(binary.BigEndian.Uint16(ip[ipv4Length:]))
		if checksum(ip[:20]) != 0xffff {
			t.Errorf("the IP header's checksum is wrong")
		}
	}
	if length != len(ip) {
		t.Errorf("the IP header says %d bytes, there are %d", length, len(ip))
	}
	if sum := binary.BigEndian.Uint16(tcp[16:]); int(sum) != len(tcp) {
		t.Errorf("the checksum says %d bytes of TCP, there are %d", sum, len(tcp))
	}
	content := string(tcp[24:])
	at := strings.Index("aabbccddeef", content)
	if seq := binary.BigEndian.Uint32(tcp[tcpSeq:]); seq != sampleSeq+uint32(at) {
		t.Errorf("%q has sequence number %d", content, seq)
	}
	ends, begins := strings.HasSuffix(content, "f"), at == 0
	if flags := tcp[tcpFlags]; flags&(flagFIN|flagPSH) != 0 != ends || flags&flagCWR != 0 != begins {
		t.Errorf("%q has flags %x", content, flags)
	}
	if large := piece[vnetGSOType] != 0; large != (len(content) > 2) {
		t.Errorf("%q: large frame: %v", content, large)
	}
	return content
}

func echoUDP([]string) error {
	conn, err := net.ListenPacket("udp4", ":4001")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	buf := make([]byte, 100)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err == nil {
			_, err = conn.WriteTo(buf[:n], from)
		}
		if err != nil {
			return err
		}
	}
}

// pingUDP prints the shortest and the median round trip, in nanoseconds.
func pingUDP(args []string) error {
	conn, err := net.Dial("udp4", net.JoinHostPort(args[0], "4001"))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(settleTimeout)); err != nil {
		return err
	}
	var trips []time.Duration
	buf := make([]byte, 100)
	for range pings {
		before := time.Now()
		if _, err := conn.Write(buf); err != nil {
			return err
		}
		if _, err := conn.Read(buf); err != nil {
			return err
		}
		trips = append(trips, time.Since(before))
	}
	slices.Sort(trips)
	fmt.Println(int64(trips[0]), int64(trips[len(trips)/2]))
	return nil
}

// ask sends a datagram until there is an answer.
func ask(conn net.Conn, question string) (string, error) {
	buf := make([]byte, 100)
	for {
		if _, err := io.WriteString(conn, question); err != nil {
			return "", err
		}
		if err := conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			return "", err
		}
		n, err := conn.Read(buf)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return string(buf[:n]), err
		}
	}
}

// countUDP counts datagrams, and answers those that ask how many there were.
func countUDP([]string) error {
	conn, err := net.ListenPacket("udp4", ":4001")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	buf := make([]byte, 2000)
	for count := 0; ; {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if string(buf[:n]) != "how many?" {
			count++
			continue
		}
		if _, err := conn.WriteTo([]byte(strconv.Itoa(count)), from); err != nil {
			return err
		}
	}
}

// floodUDP sends many datagrams and prints how many arrived.
func floodUDP(args []string) error {
	conn, err := net.Dial("udp4", net.JoinHostPort(args[0], "4001"))
	if err != nil {
		return err
	}
	defer conn.Close()
	var arrived string
	for i := range floods {
		if _, err := conn.Write(make([]byte, 200)); err != nil {
			return err
		}
		if i%50 < 49 {
			continue // the receiver's buffer is not to overflow
		}
		if arrived, err = ask(conn, "how many?"); err != nil {
			return err
		}
	}
	fmt.Println(arrived)
	return nil
}

// swallowTCP answers each connection with the hash of what came over it.
func swallowTCP([]string) error {
	ln, err := net.Listen("tcp", ":4002")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		h := sha256.New()
		if _, err := io.Copy(h, conn); err != nil {
			return err
		}
		if _, err := conn.Write(h.Sum(nil)); err != nil {
			return err
		}
		if err := conn.Close(); err != nil {
			return err
		}
	}
}

// pourTCP sends much, requires that it arrives as it is, and prints how long
// that took.
func pourTCP(args []string) error {
	// The length of the block is no multiple of that of a packet.
	block := make([]byte, 64<<10)
	if _, err := rand.NewChaCha8([32]byte{}).Read(block); err != nil {
		return err
	}
	h := sha256.New()
	for range pour / len(block) {
		h.Write(block)
	}
	conn, err := net.Dial("tcp", net.JoinHostPort(args[0], "4002"))
	if err != nil {
		return err
	}
	defer conn.Close()
	before := time.Now()
	for range pour / len(block) {
		if _, err := conn.Write(block); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	got, err := io.ReadAll(conn)
	fmt.Println(time.Since(before))
	if err == nil && !bytes.Equal(got, h.Sum(nil)) {
		err = errors.New("something else arrived")
	}
	return err
}
