package transfer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ferry/netcore/internal/wire"
)

// listOf returns a manifest of these paths; one that ends in a slash is a folder, and one in an @ a link.
func listOf(t testing.TB, paths ...string) *Manifest {
	t.Helper()
	m := NewManifest(t.TempDir())
	for _, path := range paths {
		e := wire.Entry{Path: strings.TrimRight(path, "/@"), Folder: strings.HasSuffix(path, "/"), Size: 10}
		if strings.HasSuffix(path, "@") {
			e.Link, e.Target = true, "target"
		}
		if e.Folder || e.Link {
			e.Size = 0
		}
		if err := m.Add(e); err != nil {
			t.Fatalf("%q: %v", path, err)
		}
	}
	if err := m.Seal(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// wanted returns the paths that c wants of m.
func wanted(t testing.TB, m *Manifest, c *Choice) (paths []string) {
	t.Helper()
	err := m.each(func(i int64, e wire.Entry) {
		if !c.unwanted.has(i) {
			paths = append(paths, e.Path)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestChoice(t *testing.T) {
	list := []string{"a/", "a/1", "a/2", "a/in/", "a/in/3", "a/none/", "ab", "b/", "b/link@", "loose/4", "loose/5"}
	all := "a a/1 a/2 a/in a/in/3 a/none ab b b/link loose/4 loose/5"
	for name, c := range map[string]struct {
		skip []string
		want string
		top  string
	}{
		"nothing":                   {nil, all, "a ab b loose"},
		"one file":                  {[]string{"a/1"}, strings.Replace(all, " a/1", "", 1), "a ab b loose"},
		"a folder":                  {[]string{"a"}, "ab b b/link loose/4 loose/5", "ab b loose"},
		"all in a folder":           {[]string{"a/in/3"}, strings.Replace(all, " a/in a/in/3", "", 1), "a ab b loose"},
		"all but an empty folder":   {[]string{"a/1", "a/2", "a/in"}, "a a/none ab b b/link loose/4 loose/5", "a ab b loose"},
		"an empty folder":           {[]string{"a/none"}, strings.Replace(all, " a/none", "", 1), "a ab b loose"},
		"a link":                    {[]string{"b/link"}, strings.Replace(all, " b b/link", "", 1), "a ab loose"},
		"a folder that is no entry": {[]string{"loose"}, strings.Replace(all, " loose/4 loose/5", "", 1), "a ab b"},
		"what is not in the list":   {[]string{"", "/", "a/", "/a", "a/9", "A", "../a", "a/1/x", "loose/4/"}, all, "a ab b loose"},
		"all":                       {[]string{"a", "ab", "b", "loose"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := listOf(t, list...)
			choice, err := m.choose(c.skip)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(wanted(t, m, choice), " "); got != c.want {
				t.Errorf("wants %q, not %q", got, c.want)
			}
			if got := strings.Join(choice.Top, " "); got != c.top {
				t.Errorf("on top %q, want %q", got, c.top)
			}
			if sum := (Totals{6, 4, 1, 60}); m.Totals() != sum || sum.Less(choice.Wanted) != choice.Unwanted {
				t.Errorf("%+v wanted, %+v not, of %+v", choice.Wanted, choice.Unwanted, m.Totals())
			}
		})
	}
}

// TestChoiceLasts packs any choice, and makes it again.
func TestChoiceLasts(t *testing.T) {
	var list []string
	for i := range 300 {
		list = append(list, fmt.Sprintf("file %d", i))
	}
	m := listOf(t, list...)
	rapid.Check(t, func(rt *rapid.T) {
		skip := rapid.SliceOf(rapid.SampledFrom(list)).Draw(rt, "skip")
		choice, err := m.choose(skip)
		if err != nil {
			rt.Fatal(err)
		}
		again, err := m.unpack(choice.Pack())
		if err != nil {
			rt.Fatal(err)
		}
		if got, want := wanted(t, m, again), wanted(t, m, choice); !slices.Equal(got, want) || again.Wanted != choice.Wanted || again.Unwanted != choice.Unwanted {
			rt.Errorf("wants %q, before it was %q", got, want)
		}
	})
}

// FuzzUnpack: what a damaged record has for a choice is one of this list, or refused.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte{1, 2, 1})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, packed []byte) {
		m := listOf(t, "a", "b", "c", "d")
		c, err := m.unpack(packed)
		if err == nil && c.Wanted.Entries()+c.Unwanted.Entries() != 4 {
			t.Errorf("%+v", c)
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	const files = 100_000
	var list, skip []string
	for i := range files {
		if i%100 == 0 {
			list = append(list, fmt.Sprintf("top/folder %03d/", i/100))
		}
		list = append(list, fmt.Sprintf("top/folder %03d/file %06d", i/100, i))
		if i%2 == 0 {
			skip = append(skip, list[len(list)-1])
		}
	}
	m := listOf(b, list...)
	for b.Loop() {
		c, err := m.choose(skip)
		if err != nil || c.Unwanted.Files != files/2 {
			b.Fatal(c, err)
		}
		b.ReportMetric(float64(len(c.Pack())), "packed-B")
	}
}
