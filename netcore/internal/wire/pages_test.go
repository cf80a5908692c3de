package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

var someEntries = []Entry{
	{Path: "album", Folder: true, ModTime: time.Unix(1_700_000_000, 123_456_789)},
	{Path: "album/a.jpg", Size: 1, ModTime: time.Unix(-86400*365*80, 1)},
	{Path: "album/a.jpg.exe", Size: math.MaxInt64, Exec: true, ModTime: time.Unix(253402300799, 999_999_999)},
	{Path: "album/空", Size: 0, ModTime: time.Unix(0, 0)},
	{Path: "album/latest", Link: true, Target: "../album/a.jpg", ModTime: time.Unix(7, 0)},
	{Path: "album/中文", Original: "\xd6\xd0\xce\xc4", Size: 9, ModTime: time.Unix(8, 0)},
	{Path: "album/中文 2", Original: "\xd6\xd0\xce\xc4 2", Folder: true, ModTime: time.Unix(8, 0)},
	{Path: "album/%FF", Original: strings.Repeat("\xff", MaxOriginal), Link: true, Target: strings.Repeat("t", MaxTarget), ModTime: time.Unix(8, 0)},
	{Path: strings.Repeat("p", MaxPath), ModTime: time.Unix(0, 0)},
}

func readAll(body []byte) ([]Entry, error) {
	var list []Entry
	err := ReadEntries(body, func(e Entry) error { list = append(list, e); return nil })
	return list, err
}

func sameEntry(a, b Entry) bool {
	equal := a.ModTime.Equal(b.ModTime)
	a.ModTime, b.ModTime = time.Time{}, time.Time{}
	return equal && a == b
}

func TestEntriesRoundTrip(t *testing.T) {
	var page Page
	for _, e := range someEntries {
		if !page.Add(e) {
			t.Fatal("page is full")
		}
	}
	got, err := readAll(page.Body())
	if err != nil || !slices.EqualFunc(got, someEntries, sameEntry) {
		t.Errorf("got %v (%v)", got, err)
	}
}

func TestPageNeverExceedsAFrame(t *testing.T) {
	var page Page
	n := 0
	for ; page.Add(Entry{Path: strings.Repeat(string(rune('a'+n%26)), 1000)}); n++ {
	}
	if len(page.Body()) > MaxPage || n < 200 {
		t.Fatalf("%d entries in %d bytes", n, len(page.Body()))
	}
	if got, err := readAll(page.Body()); err != nil || len(got) != n {
		t.Errorf("after a full page: %d entries, %v; want %d", len(got), err, n)
	}
	page.Reset()
	if page.Len() != 0 || !page.Add(Entry{Path: "x"}) {
		t.Error("a page that was reset takes nothing")
	}
}

func TestBadEntriesAreRefused(t *testing.T) {
	good := appendEntry(nil, "", Entry{Path: "ab", Size: 3, ModTime: time.Unix(0, 0)})
	tests := map[string][]byte{
		"unknown flag":         append([]byte{0x80}, good[1:]...),
		"cut":                  good[:len(good)-1],
		"shared of nothing":    {0, 1, 0, 0, 1, 1, 'x'},
		"no path":              {0, 1, 0, 0, 0, 0},
		"negative size":        {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0, 0, 1, 'x'},
		"suffix past the end":  {0, 1, 0, 0, 0, 9, 'x'},
		"suffix of 2^63":       {0, 1, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 'x'},
		"shared of 2^64-1":     append(slices.Clone(good), 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 'x'),
		"too many nanoseconds": {0, 1, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0, 1, 'x'},
		"endless varint":       bytes.Repeat([]byte{0xff}, 12),
		"link and folder":      {flagLink | flagFolder, 0, 0, 0, 1, 'x', 1, 't'},
		"executable link":      {flagLink | flagExec, 0, 0, 0, 1, 'x', 1, 't'},
		"link to nothing":      {flagLink, 0, 0, 0, 1, 'x', 0},
		"link cut":             {flagLink, 0, 0, 0, 1, 'x', 2, 't'},
		"long target":          slices.Concat([]byte{flagLink, 0, 0, 0, 1, 'x', 0x81, 0x20}, make([]byte, MaxTarget+1)),
		"no original":          {flagOriginal, 1, 0, 0, 0, 1, 'x', 0},
		"long original":        slices.Concat([]byte{flagOriginal, 1, 0, 0, 0, 1, 'x', 0x81, 0x08}, make([]byte, MaxOriginal+1)),
	}
	for name, body := range tests {
		if got, err := readAll(body); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, %v; want a protocol error", name, got, err)
		}
	}
}

// densePage is a page of n entries whose paths are as long as they may be, and
// that takes but a few bytes for each.
func densePage(t testing.TB, n int) []byte {
	t.Helper()
	var page Page
	long := strings.Repeat("p", MaxPath-1)
	for i := range n {
		if !page.Add(Entry{Path: long + string(rune('a'+i%2)), ModTime: time.Unix(0, 0)}) {
			t.Fatalf("page is full after %d entries", i)
		}
	}
	return page.Body()
}

// TestPageIsUnpackedOneEntryAtATime makes sure that a page that unpacks to
// hundreds of times its length costs no more than its length to walk over.
func TestPageIsUnpackedOneEntryAtATime(t *testing.T) {
	const (
		n     = 20_000
		noise = n / 100 // what the runtime and its collector may allocate meanwhile
	)
	body := densePage(t, n)
	var r EntryReader
	read := 0
	walk := func() {
		for r.Reset(body); r.Next(); {
			read++
		}
	}
	if allocs := testing.AllocsPerRun(1, walk); allocs > noise {
		t.Errorf("%v allocations to walk over a page, want none", allocs)
	}
	if read != 2*n || r.Err() != nil {
		t.Errorf("%d entries in two walks (%v), want %d", read, r.Err(), 2*n)
	}
	if allocs := testing.AllocsPerRun(1, func() {
		r.Reset(body)
		for r.Next() {
			r.Entry()
		}
	}); allocs > n+noise {
		t.Errorf("%v allocations for %d entries, want one for each", allocs, n)
	}
}

func TestEntryReaderStaysAtItsError(t *testing.T) {
	var r EntryReader
	if r.Next() || r.Err() != nil {
		t.Errorf("a new reader has an entry, or %v", r.Err())
	}
	good := appendEntry(nil, "", Entry{Path: "ab", ModTime: time.Unix(0, 0)})
	r.Reset(append(slices.Clone(good), good[:3]...))
	if !r.Next() || r.Entry().Path != "ab" {
		t.Fatalf("the good entry is %+v (%v)", r.Entry(), r.Err())
	}
	for range 2 {
		if r.Next() || !errors.Is(r.Err(), fault.Protocol) {
			t.Errorf("the cut entry is read, or %v", r.Err())
		}
	}
	r.Reset(good)
	if !r.Next() || r.Next() || r.Err() != nil {
		t.Errorf("after Reset: %v, want one entry", r.Err())
	}
}

func FuzzEntries(f *testing.F) {
	var page Page
	for _, e := range someEntries[:7] {
		page.Add(e)
	}
	f.Add(page.Body())
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := readAll(body)
		if err != nil {
			return
		}
		var page Page
		for _, e := range list {
			if e.Check() != nil || e.Size < 0 || e.Link && (e.Folder || e.Exec || e.Size > 0) {
				t.Fatalf("entry beyond the limits: %v", e)
			}
			if !page.Add(e) {
				return // written shorter than it can be, the body may have been too long
			}
		}
		again, err := readAll(page.Body())
		if err != nil || !slices.EqualFunc(again, list, sameEntry) {
			t.Fatalf("%v became %v (%v)", list, again, err)
		}
	})
}

var someItems = []HaveItem{
	{Index: 0, Kind: HaveBytes, Length: 1 << 40, Hash: [HashSize]byte{1, 2, 3}},
	{Index: 1, Kind: HaveUnwanted},
	{Index: 1000, Kind: HaveRefused, Code: "bad-name"},
}

func TestHaveRoundTrip(t *testing.T) {
	var page HavePage
	for range 2 { // the page is empty again after Body
		for _, it := range someItems {
			if !page.Add(it) {
				t.Fatal("page is full")
			}
		}
		var got []HaveItem
		next, err := ReadHave(page.Body(2000), func(it HaveItem) error { got = append(got, it); return nil })
		if err != nil || next != 2000 || !slices.Equal(got, someItems) {
			t.Errorf("next %d, %v, %v", next, got, err)
		}
	}
}

func TestBadHaveIsRefused(t *testing.T) {
	tests := map[string][]byte{
		"empty":            {},
		"index not below":  {1, 1, byte(HaveUnwanted)},
		"not ascending":    {2, 1, byte(HaveUnwanted), 1, byte(HaveUnwanted)},
		"overflow":         {9, 1, byte(HaveUnwanted), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, byte(HaveUnwanted)},
		"unknown kind":     {1, 0, 9},
		"hash cut":         {1, 0, byte(HaveBytes), 5, 1, 2, 3},
		"code too long":    append([]byte{1, 0, byte(HaveRefused), 33}, make([]byte, 33)...),
		"length of 2^64-1": append([]byte{1, 0, byte(HaveBytes), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, make([]byte, 32)...),
	}
	for name, body := range tests {
		_, err := ReadHave(body, func(HaveItem) error { return nil })
		if !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
	}
}

func FuzzHave(f *testing.F) {
	var page HavePage
	for _, it := range someItems {
		page.Add(it)
	}
	f.Add(page.Body(2000))
	f.Fuzz(func(t *testing.T, body []byte) {
		var list []HaveItem
		next, err := ReadHave(body, func(it HaveItem) error { list = append(list, it); return nil })
		if err != nil {
			return
		}
		var page HavePage
		last := int64(-1)
		for _, it := range list {
			if it.Index <= last || it.Index >= next || it.Length < 0 {
				t.Fatalf("item %+v after index %d, next is %d", it, last, next)
			}
			last = it.Index
			if !page.Add(it) {
				return
			}
		}
		var again []HaveItem
		_, err = ReadHave(page.Body(next), func(it HaveItem) error { again = append(again, it); return nil })
		if err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v became %v (%v)", list, again, err)
		}
	})
}

func FuzzSmallFrames(f *testing.F) {
	f.Add(AppendFile(nil, 7, 1<<40))
	f.Add(AppendFault(nil, 7, "changed"))
	f.Add(AppendHole(nil, 1<<40))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, body []byte) {
		if index, offset, err := ReadFile(body); err == nil {
			if i, o, err := ReadFile(AppendFile(nil, index, offset)); i != index || o != offset || err != nil {
				t.Fatalf("file %d %d became %d %d (%v)", index, offset, i, o, err)
			}
		}
		if n, err := ReadHole(body); err == nil {
			if again, err := ReadHole(AppendHole(nil, n)); again != n || n < 1 || err != nil {
				t.Fatalf("hole of %d became %d (%v)", n, again, err)
			}
		}
		if index, code, err := ReadFault(body); err == nil {
			if i, c, err := ReadFault(AppendFault(nil, index, code)); i != index || c != code || err != nil {
				t.Fatalf("fault %d %q became %d %q (%v)", index, code, i, c, err)
			}
		}
	})
}

func TestBadHolesAreRefused(t *testing.T) {
	for name, body := range map[string][]byte{
		"no bytes":       {0},
		"empty":          {},
		"2^63 bytes":     binary.AppendUvarint(nil, 1<<63),
		"more behind it": {1, 1},
	} {
		if n, err := ReadHole(body); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %d bytes, %v; want a protocol error", name, n, err)
		}
	}
}

// TestEntryThatFitsNoPage holds Check and what a page is read with together: the
// longest strings pass both, longer ones neither.
func TestEntryThatFitsNoPage(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, e := range map[string]Entry{
		"no path":       {},
		"long path":     {Path: long(MaxPath + 1)},
		"no target":     {Path: "a", Link: true},
		"long target":   {Path: "a", Link: true, Target: long(MaxTarget + 1)},
		"long original": {Path: "a", Original: long(MaxOriginal + 1)},
	} {
		if err := e.Check(); !errors.Is(err, fault.BadName) {
			t.Errorf("%s: %v, want a bad name", name, err)
		}
		if list, err := readAll(appendEntry(nil, "", e)); err == nil {
			t.Errorf("%s: read as %v", name, list)
		}
	}
	longest := Entry{Path: long(MaxPath), Link: true, Target: long(MaxTarget), Original: long(MaxOriginal), ModTime: time.Unix(0, 0)}
	var page Page
	if err := longest.Check(); err != nil || !page.Add(longest) {
		t.Errorf("the longest entry does not fit: %v", err)
	}
}

// TestLinkInBytes spells out one entry with all that an entry can have.
func TestLinkInBytes(t *testing.T) {
	want := Entry{Path: "l", Link: true, Target: "../x", Original: "\xff", ModTime: time.Unix(1, 2)}
	body := []byte("\x0c\x02\x02\x00\x01l\x04../x\x01\xff")
	if got := appendEntry(nil, "", want); !bytes.Equal(got, body) {
		t.Errorf("written as % x, want % x", got, body)
	}
	if got, err := readAll(body); err != nil || len(got) != 1 || !sameEntry(got[0], want) {
		t.Errorf("read as %v (%v)", got, err)
	}
}
