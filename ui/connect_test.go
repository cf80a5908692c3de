package ui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"rsc.io/qr"

	"ferry/netcore"
)

// dialled is how an attempt fails of which the operating system says cause.
func dialled(kind, cause error) error {
	return &netcore.Error{Op: "connect", Err: fmt.Errorf("%w: %w", kind, &net.OpError{Op: "dial", Err: cause})}
}

func TestConnectingByAddress(t *testing.T) {
	h := newHarness(t)
	begun := make(chan string, 1)
	h.node.connect = func(_ context.Context, address string) (netcore.Peer, error) {
		begun <- address
		return peerWith(anna, func(p *netcore.Peer) { p.Known = true }), nil
	}
	test.Tap(h.sidebar.connect)
	h.connecting.address.SetText(" 192.168.1.20 ")
	h.key(fyne.KeyReturn)
	if got := h.connecting.news.words; got != "Reaching out to 192.168.1.20…" {
		t.Errorf("says %q", got)
	}
	h.settled()
	if got := <-begun; got != "192.168.1.20" {
		t.Errorf("connects to %q", got)
	}
	if h.topSheet() != nil || h.toasts.words.words() != "Connected to Anna" || !h.card(anna).peer.Known {
		t.Errorf("the toast says %q", h.toasts.words.words())
	}
}

func TestWhyItDidNotConnect(t *testing.T) {
	h := newHarness(t)
	refused := dialled(netcore.ErrOffline, errors.New("refused"))
	for _, test := range []struct {
		address string
		err     error
		want    string
	}{
		{"10.0.0.9", dialled(fmt.Errorf("%w: %w", netcore.ErrOffline, netcore.ErrTimeout), os.ErrDeadlineExceeded), "Nothing came back from 10.0.0.9. The computer may be off or on another network, or its firewall blocks port 7776."},
		{"10.0.0.9:99", refused, "10.0.0.9:99 cannot be reached on port 99. Is Ferry open there"},
		{"nowhere", &netcore.Error{Err: fmt.Errorf("%w: %w", netcore.ErrOffline, &net.DNSError{Name: "nowhere"})}, "No computer on this network is called nowhere."},
		{"10.0.0.9:x", &netcore.Error{Err: fmt.Errorf("%w: no port", netcore.ErrOffline)}, "10.0.0.9:x is no address."},
		{"ferry:abc?at=10.0.0.9:1", &netcore.Error{Err: fmt.Errorf("%w: ticket", netcore.ErrOffline)}, "This address is not complete."},
		{"ferry:abc?at=10.0.0.9:1", refused, "that device cannot be reached"},
		{"ferry:abc?at=10.0.0.9:1", &netcore.Error{Err: netcore.ErrPeerID}, "Another device answers there"},
		{"10.0.0.9", &netcore.Error{Err: netcore.ErrUntrusted}, "does not want to be seen"},
		{"10.0.0.9", &netcore.Error{Err: netcore.ErrVersion}, "the two versions of Ferry do not fit"},
		{"10.0.0.9", &netcore.Error{Err: netcore.ErrProtocol}, "Something else than Ferry answers"},
	} {
		h.node.connect = func(context.Context, string) (netcore.Peer, error) { return netcore.Peer{}, test.err }
		h.askConnect()
		h.connecting.address.SetText(test.address)
		h.connecting.start()
		h.settled()
		if got := h.connecting.news.words; !strings.Contains(got, test.want) {
			t.Errorf("%s: says %q, want %q", test.address, got, test.want)
		}
		if h.connecting.connect.disabled {
			t.Errorf("%s: it cannot be tried again", test.address)
		}
		h.connecting.close()
	}
}

// Esc while it tries ends the attempt, and nothing comes of it.
func TestConnectingCanBeGivenUp(t *testing.T) {
	h := newHarness(t)
	var tried atomic.Int32
	h.node.connect = func(ctx context.Context, _ string) (netcore.Peer, error) {
		tried.Add(1)
		<-ctx.Done()
		return netcore.Peer{}, ctx.Err()
	}
	h.askConnect()
	h.connecting.address.SetText("10.0.0.9")
	h.key(fyne.KeyReturn)
	h.key(fyne.KeyReturn) // once is enough
	h.key(fyne.KeyEscape)
	h.settled()
	if h.topSheet() != nil || h.toasts.panel.Visible() || h.connecting.news.words != "Reaching out to 10.0.0.9…" {
		t.Error("something came of it")
	}
	if n := tried.Load(); n != 1 {
		t.Errorf("tried %d times at once", n)
	}
}

func TestShowMyAddress(t *testing.T) {
	h := newHarness(t)
	h.showAddress()
	if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "Check the cable") {
		t.Errorf("without a network: %s", words)
	}
	h.topSheet().close()
	h.connected()
	test.Tap(h.sidebar.address)
	if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "| 192.168.1.7:7776 |") {
		t.Errorf("says %s", words)
	}
	test.Tap(buttonSaying(t, h.topSheet().panel, "Copy all of it"))
	if got := h.app.Clipboard().Content(); got != h.node.Ticket() {
		t.Errorf("copied %q", got)
	}
}

// A camera needs sharp squares of one size, and white around them.
func TestAQRCodeIsSharpWithAQuietZone(t *testing.T) {
	code, err := qr.Encode("ferry:x?at=10.0.0.1:7776", qr.L)
	if err != nil {
		t.Fatal(err)
	}
	const side = 200
	img := drawQR(code, side, side)
	scale := side / (code.Size + 2*qrQuiet)
	edge := (side - code.Size*scale) / 2
	if edge < qrQuiet*scale {
		t.Errorf("the quiet zone has %d pixels, of modules of %d", edge, scale)
	}
	for y := range side {
		for x := range side {
			r, _, _, _ := img.At(x, y).RGBA()
			inside := x >= edge && y >= edge && code.Black((x-edge)/scale, (y-edge)/scale)
			if black := r == 0; black != inside || r != 0 && r != 0xffff {
				t.Fatalf("(%d, %d) is %x", x, y, r)
			}
		}
	}
}
