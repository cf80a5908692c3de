package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// longLedger tells of n files and a folder for each hundred, of which the seventh has arrived, every thousandth has
// failed, and one could not be offered.
func longLedger(t testing.TB, n int) *Ledger {
	t.Helper()
	m := NewManifest(t.TempDir())
	var files []int64
	add := func(e wire.Entry) {
		e.ModTime = time.Unix(1_700_000_000, 0)
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if i%100 == 0 {
			add(wire.Entry{Path: fmt.Sprintf("photos/album %d", i/100), Folder: true})
		}
		files = append(files, m.Entries())
		add(wire.Entry{Path: fmt.Sprintf("photos/album %d/IMG_%07d.jpg", i/100, i), Size: int64(i)*7919%4_000_000 + 1})
	}
	if err := m.Seal(); err != nil {
		t.Fatal(err)
	}
	l := new(Ledger)
	l.attach(m, []Failure{{Path: "photos/socket", Local: "/photos/socket", Err: fault.Skipped, index: notListed}})
	if err := m.Close(); err != nil { // the ledger still needs it
		t.Fatal(err)
	}
	for i, index := range files {
		if i%1000 == 7 {
			l.fail(Failure{index: index, Err: fault.Changed, Remote: true})
		} else {
			l.set(index, Moved)
		}
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func all(wire.Entry, Fate) bool { return true }

// TestLedgerIsReadAnywhere reads single lines of a list of many pages, in memory and on disk, before and after it was packed.
func TestLedgerIsReadAnywhere(t *testing.T) {
	const n = 60_000
	l := longLedger(t, n)
	packed, err := l.Pack(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Unpack(packed, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for name, l := range map[string]*Ledger{"before": l, "after": again} {
		numbers, err := l.Find(t.Context(), all)
		if err != nil || len(numbers) != n+1 {
			t.Fatalf("%s: %d lines (%v), want %d and what could not be offered", name, len(numbers), err, n)
		}
		for _, at := range []int{0, 1, 2, 8, 59_000, 123, 1008, n} {
			lines, err := l.Lines(numbers[at : at+1])
			if err != nil {
				t.Fatal(err)
			}
			i := at - 1
			want := Line{Index: numbers[at], Fate: Moved}
			want.Path, want.Size = fmt.Sprintf("photos/album %d/IMG_%07d.jpg", i/100, i), int64(i)*7919%4_000_000+1
			switch {
			case at == 0:
				want = Line{Index: -1, Local: "/photos/socket", Fate: Failed, Code: fault.CodeOf(fault.Skipped)}
				want.Path = "photos/socket"
			case i%1000 == 7:
				want.Fate, want.Code = FailedThere, fault.CodeOf(fault.Changed)
			}
			lines[0].ModTime = time.Time{}
			if lines[0] != want {
				t.Errorf("%s: line %d is %+v, want %+v", name, at, lines[0], want)
			}
		}
		apart := []int32{numbers[9], numbers[50_000], numbers[3]}
		if lines, err := l.Lines(apart); err != nil || len(lines) != 3 || lines[2].Index != numbers[3] {
			t.Errorf("%s: lines far apart are %+v (%v)", name, lines, err)
		}
	}
}

// What the attempt before has brought was not there before; all else begins anew.
func TestAnotherAttemptKeepsWhatWasBrought(t *testing.T) {
	m := NewManifest(t.TempDir())
	for _, p := range []string{"a", "b", "c", "d", "e"} {
		if err := m.Add(wire.Entry{Path: p, Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Seal(); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := new(Ledger)
	defer l.Close()
	l.attach(m, nil)
	l.set(0, Moved)
	l.set(1, There)
	l.fail(Failure{index: 2, Err: fault.Changed})
	l.attach(m, nil)
	fates := func() (all []Fate) {
		for i := range m.Entries() {
			all = append(all, l.fate(i))
		}
		return all
	}
	if got, want := fates(), []Fate{Brought, Waiting, Waiting, Waiting, Waiting}; !slices.Equal(got, want) {
		t.Errorf("the second attempt begins with %v, want %v", got, want)
	}
	l.set(0, There)
	l.set(1, There)
	l.fail(Failure{index: 3, Err: fault.Unwritten, Remote: true})
	l.set(3, Moved) // it was sent before this was heard
	if got, want := fates()[:4], []Fate{Moved, There, Waiting, FailedThere}; !slices.Equal(got, want) {
		t.Errorf("then it is %v, want %v", got, want)
	}
}

func TestALedgerThatIsTooLongOrDamagedIsRefused(t *testing.T) {
	l := longLedger(t, 1000)
	if _, err := l.Pack(1000); !errors.Is(err, ErrTooLong) {
		t.Errorf("packed into too little room (%v)", err)
	}
	packed, err := l.Pack(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(packed)
	damaged[len(damaged)/2] ^= 1
	for name, b := range map[string][]byte{"empty": nil, "cut off": packed[:len(packed)/2], "changed": damaged, "other": []byte("ferry files 2\n")} {
		if _, err := Unpack(b, t.TempDir()); !errors.Is(err, fault.Internal) {
			t.Errorf("%s: %v, want %v", name, err, fault.Internal)
		}
	}
}

// FuzzLedger must neither fail in any other way than with an error, nor take more than the limits of a list.
func FuzzLedger(f *testing.F) {
	packed, err := longLedger(f, 300).Pack(1 << 20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Unpack(b, t.TempDir())
		if err != nil {
			return
		}
		numbers, err := l.Find(t.Context(), all)
		if err == nil {
			_, err = l.Lines(numbers)
		}
		if err := errors.Join(err, l.Close()); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkLedger is what a list of a million files costs when it is kept, read back, searched, and shown.
func BenchmarkLedger(b *testing.B) {
	l := longLedger(b, 1_000_000)
	packed, err := l.Pack(64 << 20)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("pack", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Pack(64 << 20); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(packed)), "bytes")
	})
	b.Run("unpack", func(b *testing.B) {
		for b.Loop() {
			again, err := Unpack(packed, b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			again.Close()
		}
	})
	var numbers []int32
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			if numbers, err = l.Find(b.Context(), all); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("show", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			at := i * 7919 % (len(numbers) - 100)
			if _, err := l.Lines(numbers[at : at+100]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
