package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// TestLinksArrive sends links, and one that the receiver has no name for: that one was skipped,
// at both ends.
func TestLinksArrive(t *testing.T) {
	e, top, here := newEnds(t), filepath.Join(tempDir(t), "top"), t.TempDir()
	write(t, filepath.Join(top, "sub", "file"))
	symlink(t, "sub/file", filepath.Join(top, "to file"))
	symlink(t, "../sub", filepath.Join(top, "sub", "to folder"))
	symlink(t, "nowhere", filepath.Join(top, "full"))
	mkdir(t, filepath.Join(here, "top", "full"))
	for n := 1; n < 1000; n++ {
		mkdir(t, filepath.Join(here, "top", fmt.Sprintf("full (%d)", n)))
	}
	o := e.mustMake(t, &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)})
	for link, want := range map[string]string{"to file": "sub/file", "sub/to folder": "../sub"} {
		if target, err := os.Readlink(filepath.Join(here, "top", link)); err != nil || target != want {
			t.Errorf("%s leads to %q (%v), want %q", link, target, err, want)
		}
	}
	for name, r := range map[string]Result{"sender": o.sent, "receiver": o.got} {
		if r.FailedCount != 1 || len(r.Failures) != 1 || r.Failures[0].Path != "top/full" || !errors.Is(r.Failures[0].Err, fault.Skipped) {
			t.Errorf("%s: %d failed, %v; want that top/full was skipped", name, r.FailedCount, r.Failures)
		}
	}
	if local := o.sent.Failures[0].Local; local != filepath.Join(top, "full") {
		t.Errorf("the sender says that it is at %q", local)
	}
}

// TestOriginalNamesNothingElse has a list, as a file of another run may be, whose original names
// are no names: they lead nowhere.
func TestOriginalNamesNothingElse(t *testing.T) {
	src := newSource(t.TempDir())
	src.places["top"] = "/home/anna/top"
	for _, original := range []string{"..", "../secret", "a/b", "/etc/passwd"} {
		if local := src.local(wire.Entry{Path: "top/x", Original: original}); local != "" {
			t.Errorf("%q is at %q", original, local)
		}
	}
	if local := src.local(wire.Entry{Path: "top/x", Original: "\xff"}); local != "/home/anna/top/\xff" {
		t.Errorf("an honest one is at %q", local)
	}
}
