package transfer

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
)

// partialOf returns a new partial for a file of size bytes.
func partialOf(t *testing.T, d *inbox.Delivery, size int64) *inbox.Partial {
	t.Helper()
	p, err := d.Create(inbox.Entry{Path: "file", Size: size, ModTime: time.Unix(1, 0)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func openDelivery(t *testing.T) *inbox.Delivery {
	t.Helper()
	d := openBox(t, t.TempDir()).Begin("anna")
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// TestBehindWritesInOrder writes more chunks than there are buffers, of all lengths.
func TestBehindWritesInOrder(t *testing.T) {
	d := openDelivery(t)
	content := randomBytes(5<<20, 1)
	p := partialOf(t, d, int64(len(content)))
	var b behind
	for rest, n := content, 1; len(rest) > 0; n = n*3%receiveBuffer + 1 {
		chunk := b.buffer()[:min(n, len(rest))]
		rest = rest[copy(chunk, rest):]
		if err := b.write(p, chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.drain(); err != nil {
		t.Fatal(err)
	}
	b.close()
	if err := p.Keep(); err != nil {
		t.Fatal(err)
	}
	f, _, length, err := d.Lookup(inbox.Entry{Path: "file", Size: int64(len(content)), ModTime: time.Unix(1, 0)})
	if err != nil || length != int64(len(content)) {
		t.Fatalf("%d bytes are there (%v)", length, err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != string(content) {
		t.Errorf("it is another content (%v)", err)
	}
}

// TestBehindTellsOfAFailureOnce has a write that fails: those behind it are not made, one of
// them or drain says why, and then it is as new.
func TestBehindTellsOfAFailureOnce(t *testing.T) {
	d := openDelivery(t)
	p := partialOf(t, d, receiveBuffer+1)
	var b behind
	var failed error
	for range 10 { // more than there are buffers: none is lost
		if err := b.write(p, b.buffer()); err != nil {
			failed = err
		}
	}
	if err := errors.Join(failed, b.drain()); !errors.Is(err, fault.Protocol) {
		t.Errorf("got %v, want the error of the write", err)
	}
	if err := b.drain(); err != nil {
		t.Errorf("told again: %v", err)
	}
	if err := b.write(p, b.buffer()[:1]); err != nil {
		t.Error(err)
	}
	if err := b.drain(); err != nil {
		t.Errorf("the next write: %v", err)
	}
	b.close()
	if err := p.Finish(); err != nil { // receiveBuffer and 1 bytes were written, and no more
		t.Error(err)
	}
	if err := p.Keep(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}
