package netcore_test

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeebo/blake3"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

// logBuffer is a log that can be searched while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// stranger is a program that has an identity, speaks TLS, and keeps to no rule.
type stranger struct {
	*tls.Conn
	r *wire.Reader
}

func dialStranger(t *testing.T, victim *netcoretest.Host, purpose wire.Purpose) *stranger {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := tls.Dial("tcp", victim.Addr().String(), id.ClientConfig(victim.Self().ID))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := &stranger{c, wire.NewReader(c)}
	if purpose != "" {
		s.control(t, wire.TypeHello, wire.Hello{Purpose: purpose, Name: "Mallory", Instance: "1"})
		if typ, _, err := s.r.Next(); err != nil || typ != wire.TypeHello {
			t.Fatalf("answer to hello: %v, %v", typ, err)
		}
	}
	return s
}

func (s *stranger) frame(t *testing.T, typ wire.Type, body []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := wire.WriteFrame(&b, typ, body); err != nil {
		t.Fatal(err)
	}
	s.raw(t, b.Bytes())
}

func (s *stranger) control(t *testing.T, typ wire.Type, v any) {
	t.Helper()
	body, err := wire.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	s.frame(t, typ, body)
}

func (s *stranger) raw(t *testing.T, b []byte) {
	t.Helper()
	if _, err := s.Write(b); err != nil {
		t.Fatal(err)
	}
}

func rand128() (b [16]byte) {
	rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	return b
}

// offer offers entries as they are, good or bad.
func (s *stranger) offer(t *testing.T, entries ...wire.Entry) {
	t.Helper()
	o := wire.Offer{ID: netcore.TransferID(rand128()).String()}
	var page wire.Page
	for _, e := range entries {
		if e.Folder {
			o.Folders++
		} else {
			o.Files++
			o.Bytes += e.Size
		}
		page.Add(e)
	}
	s.control(t, wire.TypeOffer, o)
	s.frame(t, wire.TypeEntries, page.Body())
}

// last reads until the victim ends the connection and returns the code of its
// Error frame, if it sent one.
func (s *stranger) last(t *testing.T) string {
	t.Helper()
	if err := s.SetReadDeadline(time.Now().Add(netcoretest.Patience)); err != nil {
		t.Fatal(err)
	}
	for {
		typ, _, err := s.r.Next()
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			t.Fatal("the connection was not cut")
		}
		if err != nil {
			return ""
		}
		if typ != wire.TypeError {
			continue
		}
		body, err := s.r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		var e wire.Error
		if err := wire.Decode(body, &e); err != nil {
			t.Fatal(err)
		}
		return string(e.Code)
	}
}

// TestStrangersAreCutOff lets strangers misbehave at each step while a friend
// sends, and sees that each is cut off, that the log says so, that nothing
// arrives from them, and that the friend's files do.
func TestStrangersAreCutOff(t *testing.T) {
	file := wire.Entry{Path: "evil.txt", Size: 4, ModTime: time.Unix(1, 0)}
	oversized := append(binary.BigEndian.AppendUint32(nil, 1<<31), byte(wire.TypeData))
	tests := []struct {
		name    string
		purpose wire.Purpose // empty: before the hello
		do      func(*testing.T, *stranger)
		code    string
		log     string
	}{
		{"garbage before hello", "", func(t *testing.T, s *stranger) { s.raw(t, []byte("GET / HTTP/1.1\r\n\r\n")) }, "", "broke the protocol"},
		{"offer before hello", "", func(t *testing.T, s *stranger) { s.offer(t, file) }, "", "broke the protocol"},
		{"oversized frame", wire.PurposeTransfer, func(t *testing.T, s *stranger) { s.raw(t, oversized) }, "protocol", "frame of 2147483648 bytes"},
		{"oversized frame on a link", wire.PurposeLink, func(t *testing.T, s *stranger) { s.raw(t, oversized) }, "protocol", "frame of 2147483648 bytes"},
		{"garbage after hello", wire.PurposeTransfer, func(t *testing.T, s *stranger) { s.raw(t, bytes.Repeat([]byte{0xff}, 100)) }, "protocol", "broke the protocol"},
		{"file on a link", wire.PurposeLink, func(t *testing.T, s *stranger) { s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 0)) }, "protocol", "File frame out of order"},
		{"content without an offer", wire.PurposeTransfer, func(t *testing.T, s *stranger) { s.frame(t, wire.TypeData, []byte("evil")) }, "protocol", "Data frame out of order"},
		{"content before consent", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			s.offer(t, file)
			var b bytes.Buffer // in one write: it may be cut off after the first frame
			for _, f := range []struct {
				t    wire.Type
				body []byte
			}{{wire.TypeFile, wire.AppendFile(nil, 0, 0)}, {wire.TypeData, []byte("evil")}, {wire.TypeSum, make([]byte, wire.HashSize)}} {
				if err := wire.WriteFrame(&b, f.t, f.body); err != nil {
					t.Fatal(err)
				}
			}
			s.raw(t, b.Bytes())
		}, "protocol", "File frame out of order"},
		{"more entries than offered", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			var page wire.Page
			page.Add(file)
			page.Add(wire.Entry{Path: "hidden.txt", Size: 4})
			s.control(t, wire.TypeOffer, wire.Offer{ID: netcore.TransferID(rand128()).String(), Files: 1, Bytes: 4})
			s.frame(t, wire.TypeEntries, page.Body())
		}, "protocol", "does not add up"},
		{"path outside", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			s.offer(t, wire.Entry{Path: "../evil.txt", Size: 4})
		}, "bad-name", "name cannot be used"},
	}
	log := new(logBuffer)
	slow := make(chan struct{})
	bob := netcoretest.Start(t, "Bob", func(c *netcore.Config, r *netcoretest.Recorder) {
		c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		r.Answer = netcoretest.Only("Anna", slow)
	})
	anna := netcoretest.Start(t, "Anna")
	src := t.TempDir()
	netcoretest.RandomFile(t, filepath.Join(src, "friend.bin"), 8<<20, 1)
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "friend.bin"))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := dialStranger(t, bob, tt.purpose)
			tt.do(t, s)
			if code := s.last(t); code != tt.code {
				t.Errorf("cut off with code %q, want %q", code, tt.code)
			}
			netcoretest.Eventually(t, "a line in the log with "+tt.log, func() bool { return strings.Contains(log.String(), tt.log) })
		})
	}
	close(slow)
	for _, h := range []*netcoretest.Host{anna, bob} {
		if got := h.WaitFinal(t, id); got.State != netcore.Done {
			t.Errorf("the friend's transfer: %v, %v", got.State, got.Err)
		}
	}
	netcoretest.SameTree(t, src, bob.Inbox())
}

// TestPromisedAndNotSent has a sender say that it is done without having sent what it
// offered: the receiver must not call that done.
func TestPromisedAndNotSent(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	s := dialStranger(t, bob, wire.PurposeTransfer)
	s.offer(t, wire.Entry{Path: "promised.txt", Size: 4})
	if typ, _, err := s.r.Next(); err != nil || typ != wire.TypeAnswer {
		t.Fatalf("answer: %v, %v", typ, err)
	}
	nothing := blake3.Sum256(nil)
	s.control(t, wire.TypeDone, wire.Done{Root: nothing[:]})
	if code := s.last(t); code != "protocol" {
		t.Errorf("ended with %q, want a breach of the protocol", code)
	}
	got := bob.WaitTransfer(t, "the end", func(tr netcore.Transfer) bool { return tr.State.Final() })
	if got.State != netcore.Failed {
		t.Errorf("the receiver says %v", got.State)
	}
}

// TestSilentStrangers connects and says nothing, at each step at which one can;
// all are cut off, in the time that PROTOCOL.md sets.
func TestSilentStrangers(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	raw, err := net.Dial("tcp", bob.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	silent := map[string]io.Reader{
		"no TLS":              raw,
		"no hello":            dialStranger(t, bob, ""),
		"no offer":            dialStranger(t, bob, wire.PurposeTransfer),
		"link without a ping": dialStranger(t, bob, wire.PurposeLink),
	}
	var cut sync.WaitGroup
	for name, r := range silent {
		cut.Go(func() {
			ended := make(chan struct{})
			go func() { defer close(ended); _, _ = io.Copy(io.Discard, r) }()
			select {
			case <-ended:
			case <-time.After(netcoretest.Patience):
				t.Errorf("%s: not cut off", name)
			}
		})
	}
	cut.Wait()
}
