package transfer

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// frames is a part of what a hostile end says.
type frames func(c *conn.Conn) error

func raw(t wire.Type, body ...byte) frames {
	return func(c *conn.Conn) error { return c.Send(t, body) }
}

func begin(index, offset int64) frames {
	return raw(wire.TypeFile, wire.AppendFile(nil, index, offset)...)
}

// hostileSender offers the entries, and sends what follows the answer. It returns how it ends for the
// receiver, and where that has put what came.
func hostileSender(t *testing.T, entries []wire.Entry, content ...frames) (here string, result Result, err error) {
	t.Helper()
	e, here := newEnds(t), t.TempDir()
	src := newSource(t.TempDir())
	for _, entry := range entries {
		if err := src.Manifest.Add(entry); err != nil {
			t.Fatal(err)
		}
	}
	if err := src.Manifest.Seal(); err != nil {
		t.Fatal(err)
	}
	a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
	anna, bob := e.mustConnect(t)
	received := make(chan struct{})
	go func() {
		defer close(received)
		result, err = a.receive(t.Context(), bob)
	}()
	s := &sender{c: anna, m: src.Manifest}
	serr := s.offer(a.id)
	if serr == nil {
		_, _, serr = anna.Next() // Have
	}
	if serr != nil {
		t.Fatal(serr)
	}
	for _, f := range content {
		if f(anna) != nil {
			break // the receiver has had enough
		}
	}
	_ = anna.Flush()
	anna.Finish(conn.LingerTimeout)
	<-received
	return here, result, err
}

// TestHostileContentIsRefused sends what the list does not have: nothing of it gets a final name.
func TestHostileContentIsRefused(t *testing.T) {
	entries := []wire.Entry{{Path: "d", Folder: true}, {Path: "d/l", Link: true, Target: "x"}, {Path: "d/a", Size: 100}, {Path: "e"}}
	hole := func(n int64) frames { return raw(wire.TypeHole, wire.AppendHole(nil, n)...) }
	sum := raw(wire.TypeSum, make([]byte, wire.HashSize)...)
	for name, content := range map[string][]frames{
		"hole beyond the size":   {begin(2, 0), hole(101)},
		"hole behind data":       {begin(2, 0), raw(wire.TypeData, make([]byte, 60)...), hole(41)},
		"endless hole":           {begin(2, 0), hole(math.MaxInt64)},
		"hole of nothing":        {begin(2, 0), raw(wire.TypeHole, 0)},
		"hole in an empty file":  {begin(2, 0), hole(100), zeroSum(100), begin(3, 0), hole(1)},
		"hole outside of a file": {hole(1)},
		"data behind a hole":     {begin(2, 0), hole(100), raw(wire.TypeData, 1)},
		"sum within a file":      {begin(2, 0), hole(99), sum},
		"content of a folder":    {begin(0, 0)},
		"content of a link":      {begin(1, 0)},
		"an entry too many":      {begin(4, 0)},
		"passed over":            {begin(3, 0)},
		"offset of nothing":      {begin(2, 1)},
		"lane without a lane":    {raw(wire.TypePart, 0, 0)},
	} {
		here, _, err := hostileSender(t, entries, content...)
		if !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
		if _, err := os.Lstat(filepath.Join(here, "e")); !os.IsNotExist(err) {
			t.Errorf("%s: e is there (%v)", name, err)
		}
	}
}

// zeroSum is the Sum of a file of n zeros.
func zeroSum(n int) frames {
	sum := blake3.Sum256(make([]byte, n))
	return raw(wire.TypeSum, sum[:]...)
}

// TestLinksThatLeadOutAreRefused offers links that no honest sender lists: they are not made,
// both ends know, and the rest is taken in.
func TestLinksThatLeadOutAreRefused(t *testing.T) {
	targets := []string{"../../x", "/etc/passwd", "../..", "../../../etc", "in/../../../x"}
	entries := []wire.Entry{{Path: "top", Folder: true}, {Path: "top/d", Folder: true}}
	for i, target := range targets {
		entries = append(entries, wire.Entry{Path: "top/d/" + string(rune('a'+i)), Link: true, Target: target})
	}
	entries = append(entries, wire.Entry{Path: "link", Link: true, Target: "top"})
	done := func(c *conn.Conn) error {
		root := blake3.New()
		return c.SendControl(wire.TypeDone, wire.Done{Root: root.Sum(nil)})
	}
	here, result, err := hostileSender(t, entries, done)
	if err != nil {
		t.Fatal(err)
	}
	if result.FailedCount != int64(len(targets)) && result.FailedCount != int64(len(targets))+1 || result.Receipt.Failed != result.FailedCount {
		t.Errorf("%d failed, of %d: %v", result.FailedCount, len(targets), result.Failures)
	}
	for i := range targets {
		if _, err := os.Lstat(filepath.Join(here, "top", "d", string(rune('a'+i)))); !os.IsNotExist(err) {
			t.Errorf("the link to %q is there (%v)", targets[i], err)
		}
	}
	for _, f := range result.Failures {
		if fault.CodeOf(f.Err) != "skipped" {
			t.Errorf("%s: %v, want that it was skipped", f.Path, f.Err)
		}
	}
}

// hostileReceiver accepts an offer of src and says the frames in place of Have. It returns how that ends for
// the sender.
func hostileReceiver(t *testing.T, src *Source, say ...frames) (Result, error) {
	t.Helper()
	return saying(t, Outgoing{ID: NewID(), Source: src, Meter: new(Meter), Accepted: func() {}}, say...)
}

// saying is hostileReceiver for out.
func saying(t *testing.T, out Outgoing, say ...frames) (Result, error) {
	t.Helper()
	anna, bob := newEnds(t).mustConnect(t)
	said := make(chan error, 1)
	go func() {
		o, err := Open(t.Context(), bob)
		if err != nil {
			said <- err
			return
		}
		in, err := o.ReadList(t.Context(), "", nil)
		if err != nil {
			said <- err
			return
		}
		for _, f := range say {
			err = errors.Join(err, f(bob))
		}
		err = errors.Join(err, bob.Flush(), in.Close())
		bob.Finish(conn.LingerTimeout)
		said <- err
	}()
	result, err := Send(t.Context(), anna, out)
	if serr := <-said; serr != nil {
		t.Fatal(serr)
	}
	return result, err
}

func accept(c *conn.Conn) error {
	return c.SendControl(wire.TypeAnswer, wire.Answer{Accept: true})
}

func haveOf(next int64, items ...wire.HaveItem) frames {
	return func(c *conn.Conn) error {
		var page wire.HavePage
		for _, it := range items {
			page.Add(it)
		}
		return c.Send(wire.TypeHave, page.Body(next))
	}
}

// TestHostileHaveIsRefused claims what cannot be of this list.
func TestHostileHaveIsRefused(t *testing.T) {
	src := longSource(t, 3) // a folder and two files, of 1 and 2 bytes
	for name, say := range map[string][]frames{
		"bytes of a folder":     {accept, haveOf(3, wire.HaveItem{Index: 0, Kind: wire.HaveBytes, Length: 1})},
		"more than there is":    {accept, haveOf(3, wire.HaveItem{Index: 2, Kind: wire.HaveBytes, Length: 3})},
		"no bytes":              {accept, haveOf(3, wire.HaveItem{Index: 2, Kind: wire.HaveBytes})},
		"an entry too many":     {accept, haveOf(4, wire.HaveItem{Index: 3, Kind: wire.HaveUnwanted})},
		"beyond the list":       {accept, haveOf(4)},
		"no progress":           {accept, haveOf(1), haveOf(1)},
		"data in place of have": {accept, raw(wire.TypeData, 1)},
		"fault of what is not":  {accept, haveOf(3), raw(wire.TypeFault, wire.AppendFault(nil, 3, "changed")...)},
	} {
		if _, err := hostileReceiver(t, src, say...); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
	}
}

// TestReceiverThatFallsSilentWhileWeCompare has a receiver that claims to have a file which takes minutes to read, and
// then says nothing any more: that is noticed while the file is read.
func TestReceiverThatFallsSilentWhileWeCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "huge.bin")
	if err := errors.Join(os.WriteFile(file, nil, 0o644), os.Truncate(file, 4<<40)); err != nil {
		t.Fatal(err)
	}
	src := scan(t, file)
	e := newEnds(t)
	e.anna.Silence, e.bob.Silence = 3*time.Second, time.Hour // he says nothing by himself
	anna, bob := e.mustConnect(t)
	accepted := false
	out := Outgoing{ID: NewID(), Source: src, Meter: new(Meter), Accepted: func() { accepted = true }}
	go func() {
		o, err := Open(t.Context(), bob)
		if err != nil {
			t.Error(err)
			return
		}
		in, err := o.ReadList(t.Context(), "", nil)
		if err != nil {
			t.Error(err)
			return
		}
		claim := haveOf(1, wire.HaveItem{Kind: wire.HaveBytes, Length: 4 << 40})
		if err := errors.Join(accept(bob), claim(bob), bob.Flush(), in.Close()); err != nil {
			t.Error(err)
		}
	}()
	if _, err := Send(t.Context(), anna, out); !errors.Is(err, fault.Lost) || !accepted {
		t.Errorf("accepted: %v, it ended with %v", accepted, err)
	}
}
