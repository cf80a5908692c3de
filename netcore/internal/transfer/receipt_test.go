package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

func receiptOf(r wire.Receipt) frames {
	return func(c *conn.Conn) error { return c.SendControl(wire.TypeReceipt, r) }
}

// TestReceiptInPlaceOfAnswer has a receiver that says it took in the same before: that is believed
// of one that has accepted it, if it speaks of all files.
func TestReceiptInPlaceOfAnswer(t *testing.T) {
	root := make([]byte, wire.HashSize)
	whole := wire.Receipt{Files: 2, Bytes: 3, Root: root}
	for name, c := range map[string]struct {
		receipt wire.Receipt
		again   bool
		want    error
	}{
		"all of it":           {whole, true, nil},
		"one failed":          {wire.Receipt{Files: 1, Bytes: 1, Failed: 1, Root: root}, true, nil},
		"never accepted":      {whole, false, fault.Protocol},
		"no root":             {wire.Receipt{Files: 2, Bytes: 3}, true, fault.Protocol},
		"too many":            {wire.Receipt{Files: 3, Bytes: 3, Root: root}, true, fault.Protocol},
		"too few":             {wire.Receipt{Files: 1, Bytes: 1, Root: root}, true, fault.Protocol},
		"fewer than none":     {wire.Receipt{Files: -1, Failed: 3, Root: root}, true, fault.Protocol},
		"bytes below zero":    {wire.Receipt{Files: 2, Bytes: -1, Root: root}, true, fault.Protocol},
		"failed below zero":   {wire.Receipt{Files: 2, Failed: -1, Root: root}, true, fault.Protocol},
		"more failed than is": {wire.Receipt{Files: 2, Failed: math.MaxInt64, Root: root}, true, fault.Protocol},
	} {
		out := Outgoing{ID: NewID(), Source: longSource(t, 3), Meter: new(Meter), Again: c.again, Accepted: func() {}}
		result, err := saying(t, out, receiptOf(c.receipt))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if want := c.receipt; err == nil && (result.Receipt.Files != want.Files || result.FailedCount != want.Failed || out.Meter.Files() != want.Files) {
			t.Errorf("%s: %+v", name, result)
		}
	}
}

// TestReceiptMustTellOfAllFiles has a receiver that takes in two files of 10 bytes, and then
// says how many of them it has.
func TestReceiptMustTellOfAllFiles(t *testing.T) {
	top := filepath.Join(tempDir(t), "top")
	randomFile(t, filepath.Join(top, "a"), 10, 1)
	randomFile(t, filepath.Join(top, "b"), 10, 1) // the same: in whichever order they are listed
	sum, h := blake3.Sum256(randomBytes(10, 1)), blake3.New()
	addRoot(h, 1, sum[:])
	addRoot(h, 2, sum[:])
	root := h.Sum(nil)
	lost := raw(wire.TypeFault, wire.AppendFault(nil, 2, "unwritten")...)
	for name, c := range map[string]struct {
		say  []frames
		want error
	}{
		"all":               {[]frames{receiptOf(wire.Receipt{Files: 2, Bytes: 20, Root: root})}, nil},
		"one named":         {[]frames{lost, receiptOf(wire.Receipt{Files: 1, Bytes: 10, Failed: 1, Root: root})}, nil},
		"one named twice":   {[]frames{lost, lost, receiptOf(wire.Receipt{Files: 1, Bytes: 10, Failed: 1, Root: root})}, nil},
		"one not named":     {[]frames{receiptOf(wire.Receipt{Files: 1, Bytes: 10, Failed: 1, Root: root})}, fault.Protocol},
		"none":              {[]frames{receiptOf(wire.Receipt{Root: root})}, fault.Protocol},
		"named and counted": {[]frames{lost, receiptOf(wire.Receipt{Files: 2, Bytes: 20, Failed: 1, Root: root})}, fault.Protocol},
		"fewer bytes":       {[]frames{receiptOf(wire.Receipt{Files: 2, Bytes: 19, Root: root})}, fault.Protocol},
		"files below zero":  {[]frames{receiptOf(wire.Receipt{Files: -1, Bytes: 20, Root: root})}, fault.Protocol},
		"bytes below zero":  {[]frames{lost, receiptOf(wire.Receipt{Files: 1, Bytes: -1, Failed: 1, Root: root})}, fault.Protocol},
		"failed below zero": {[]frames{receiptOf(wire.Receipt{Files: 2, Bytes: 20, Failed: -1, Root: root})}, fault.Protocol},
		"more failed":       {[]frames{receiptOf(wire.Receipt{Files: 2, Bytes: 20, Failed: 4, Root: root})}, fault.Protocol},
		"other content":     {[]frames{receiptOf(wire.Receipt{Files: 2, Bytes: 20, Root: bytes.Repeat([]byte{1}, 32)})}, fault.Corrupt},
	} {
		say := append([]frames{accept, haveOf(3), untilDone}, c.say...)
		if _, err := hostileReceiver(t, scan(t, top), say...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// untilDone reads what a sender says up to Done.
func untilDone(c *conn.Conn) error {
	if err := c.Flush(); err != nil {
		return err
	}
	for {
		t, _, err := c.Next()
		if err == nil {
			_, err = io.Copy(io.Discard, c)
		}
		if err != nil || t == wire.TypeDone {
			return err
		}
	}
}

// TestBothGiveUp has a file given up by both sides at the same time, whoever is first: it has failed once.
func TestBothGiveUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	randomFile(t, file, 100, 1)
	src := scan(t, file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	root := blake3.Sum256(nil)
	receipt := func(c *conn.Conn) error {
		return c.SendControl(wire.TypeReceipt, wire.Receipt{Failed: 1, Root: root[:]})
	}
	result, err := hostileReceiver(t, src, accept, haveOf(1), raw(wire.TypeFault, wire.AppendFault(nil, 0, "unwritable")...), receipt)
	if err != nil || result.FailedCount != 1 || len(result.Failures) != 1 {
		t.Errorf("%v, %d failed: %v", err, result.FailedCount, result.Failures)
	}
}

// TestMoreFailuresThanAreNamed has a receiver that could name its first 1000 failures alone.
func TestMoreFailuresThanAreNamed(t *testing.T) {
	s := &sender{m: &Manifest{Files: 3000}, done: wire.Done{Files: 3000, Bytes: 3000}}
	for i := range int64(3000) {
		s.through.set(i)
	}
	r := wire.Receipt{Files: 1800, Bytes: 1800, Failed: 1200}
	for i := range int64(MaxFailures) {
		if err := s.checkReceipt(r); !errors.Is(err, fault.Protocol) {
			t.Fatalf("with %d that are named: %v", i, err)
		}
		s.faulted.set(2 * i)
	}
	if err := s.checkReceipt(r); err != nil {
		t.Error(err)
	}
	r.Failed--
	if err := s.checkReceipt(r); !errors.Is(err, fault.Protocol) {
		t.Errorf("with one that is not even counted: %v", err)
	}
}

// TestReceiptThatWasReadCounts has a sender that is cancelled, or loses the connection, in the moment in
// which it reads a receipt for all of it.
func TestReceiptThatWasReadCounts(t *testing.T) {
	root := make([]byte, wire.HashSize)
	receipt := wire.Receipt{Files: 1, Bytes: 1, Root: root}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fault.Cancelled)
	for name, sending := range map[string]error{"at the end": nil, "cancelled": context.Canceled, "lost": fault.Lost} {
		s := &sender{m: &Manifest{Files: 1}, meter: new(Meter), done: wire.Done{Files: 1, Bytes: 1, Root: root}}
		s.through.set(0)
		if got, err := s.ended(ctx, receipt, sending, nil); err != nil || got.Files != 1 || s.meter.Files() != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		s.done.Root = nil // not all was sent
		if _, err := s.ended(ctx, receipt, sending, nil); err == nil {
			t.Errorf("%s, before the end: it is done", name)
		}
	}
}

// TestCancelAfterCommitIsTooLate cancels a receiver in the moment in which all is confirmed: it was received,
// and the sender hears of it.
func TestCancelAfterCommitIsTooLate(t *testing.T) {
	e, top := newEnds(t), three(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, t.TempDir())}
	a.committed = func(wire.Receipt) { cancel(fault.Cancelled) }
	anna, bob := e.mustConnect(t)
	got := make(chan error, 1)
	go func() {
		_, err := a.receive(ctx, bob)
		got <- err
	}()
	_, sent := Send(t.Context(), anna, Outgoing{ID: a.id, Source: a.src, Meter: &a.anna, Accepted: func() {}})
	if err := <-got; err != nil || sent != nil {
		t.Errorf("sender: %v, receiver: %v", sent, err)
	}
}

// untilThere is a context that is found to have ended once there is something at local.
type untilThere struct {
	context.Context
	local  string
	cancel context.CancelCauseFunc
}

func (c untilThere) Err() error {
	if _, err := os.Lstat(c.local); err == nil {
		c.cancel(fault.Cancelled)
	}
	return c.Context.Err()
}

// TestCancelBeforeItIsConfirmed cancels a receiver while the last file gets its final name: nothing is confirmed,
// and both ends know why.
func TestCancelBeforeItIsConfirmed(t *testing.T) {
	e, file, here := newEnds(t), filepath.Join(tempDir(t), "file"), t.TempDir()
	randomFile(t, file, 100, 1)
	a := &attempt{id: NewID(), src: scan(t, file), box: openBox(t, here)}
	a.watched = func(ctx context.Context) context.Context {
		ctx, cancel := context.WithCancelCause(ctx)
		return untilThere{ctx, filepath.Join(here, "file"), cancel}
	}
	a.committed = func(wire.Receipt) { t.Error("it was confirmed") }
	o := e.make(t.Context(), a)
	if !errors.Is(o.gotErr, fault.Cancelled) || !errors.Is(o.sentErr, fault.Cancelled) || !isRemote(o.sentErr) {
		t.Errorf("sender: %v, receiver: %v", o.sentErr, o.gotErr)
	}
}
