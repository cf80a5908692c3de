package transfer

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
)

func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
}

// TestScanSkipsWhatIsNeitherFileNorFolder has a pipe that nobody writes to: to open
// it would block.
func TestScanSkipsWhatIsNeitherFileNorFolder(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "top")
	write(t, filepath.Join(top, "file"))
	want := map[string]error{
		filepath.Join(top, "pipe"):        fault.Skipped,
		filepath.Join(dir, "picked pipe"): fault.Skipped,
		filepath.Join(top, "socket"):      fault.Skipped,
	}
	for _, pipe := range []string{filepath.Join(top, "pipe"), filepath.Join(dir, "picked pipe")} {
		if err := syscall.Mkfifo(pipe, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("unix", filepath.Join(top, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if os.Geteuid() == 0 {
		device := filepath.Join(top, "null")
		if err := syscall.Mknod(device, syscall.S_IFCHR|0o600, 1<<8|3); err != nil {
			t.Fatal(err)
		}
		want[device] = fault.Skipped
	}
	src := scan(t, top, filepath.Join(dir, "picked pipe"))
	wantOffered(t, src, "top/", "top/file")
	wantFailed(t, src, want)
}

// TestLinksAreListedIfTheyStayInside has links in a picked folder, to what is in it and to
// what is not.
func TestLinksAreListedIfTheyStayInside(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "top")
	write(t, filepath.Join(top, "sub", "file"))
	write(t, filepath.Join(dir, "outside"))
	for link, target := range map[string]string{
		"file": "sub/file", "broken": "nowhere", "loop": "loop", "sub/up": "../file", "sub/folder": ".",
		"sub/中\xff": "\xd6\xd0\xce\xc4/\xff",
		"out":       "../outside", "sub/far": "../../outside", "absolute": filepath.Join(top, "sub", "file"),
	} {
		symlink(t, target, filepath.Join(top, link))
	}
	src := scan(t, top)
	wantOffered(t, src, "top/", "top/sub/", "top/sub/file",
		"top/file -> sub/file", "top/broken -> nowhere", "top/loop -> loop",
		"top/sub/up -> ../file", "top/sub/folder -> .", "top/sub/中%FF -> 中文/%FF")
	wantFailed(t, src, map[string]error{
		filepath.Join(top, "out"):        fault.Skipped,
		filepath.Join(top, "sub", "far"): fault.Skipped,
		filepath.Join(top, "absolute"):   fault.Skipped,
	})
	if src.Manifest.Links != 6 || src.Manifest.Entries() != 9 {
		t.Errorf("%d links, %d entries", src.Manifest.Links, src.Manifest.Entries())
	}
}

// TestPickedLinkIsFollowed: the link's name, the target's content.
func TestPickedLinkIsFollowed(t *testing.T) {
	dir := tempDir(t)
	write(t, filepath.Join(dir, "target"))
	write(t, filepath.Join(dir, "folder", "x"))
	symlink(t, "target", filepath.Join(dir, "link.txt"))
	symlink(t, "folder", filepath.Join(dir, "album"))
	symlink(t, "nowhere", filepath.Join(dir, "broken"))
	src := scan(t, filepath.Join(dir, "link.txt"), filepath.Join(dir, "album")+"/", filepath.Join(dir, "broken"))
	wantOffered(t, src, "link.txt", "album/", "album/x")
	wantFailed(t, src, map[string]error{filepath.Join(dir, "broken"): fault.Unread})
}

// TestNamesThatAreNoTextStayApart has names that would be shown as others that are there.
func TestNamesThatAreNoTextStayApart(t *testing.T) {
	top := filepath.Join(t.TempDir(), "top")
	for _, name := range []string{
		"a\xff", "a%FF", "b%\xff", "b%25\xff", "100%", "100%25", "c\xfe",
		"folder\xff/x", "folder\xff/in\xff/y", "folder%FF/x",
	} {
		write(t, filepath.Join(top, name))
	}
	src := scan(t, top)
	wantOffered(t, src, "top/",
		"top/%~a%FF", "top/a%FF", "top/b%25%FF", "top/b%2525%FF", "top/100%", "top/100%25", "top/c%FE",
		"top/%~folder%FF/", "top/%~folder%FF/x", "top/%~folder%FF/in%FF/", "top/%~folder%FF/in%FF/y",
		"top/folder%FF/", "top/folder%FF/x")
	wantFailed(t, src, nil)
	write(t, filepath.Join(top, "%~a%FF"))
	wantOffered(t, scan(t, top+"/a\xff", top+"/a%FF"), "a%FF", "a%FF (1)")
	if got, want := childName(top, "a\xff"), "%~%~a%FF"; got != want {
		t.Errorf("beside the mark it is called %q, want %q", got, want)
	}
}

func TestScanGoesOnWithoutWhatIsUnreadable(t *testing.T) {
	dir := tempDir(t)
	// Others than the owner can reach it.
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	top, closed := filepath.Join(dir, "top"), filepath.Join(dir, "top", "closed")
	write(t, filepath.Join(closed, "x"))
	write(t, filepath.Join(top, "y"))
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chmod(closed, 0o755); err != nil {
			t.Error(err)
		}
	}()
	spoolDir := t.TempDir()
	var src *Source
	err := withoutPrivileges(func() (err error) {
		src, err = Scan(t.Context(), []string{top}, spoolDir)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantOffered(t, src, "top/", "top/closed/", "top/y")
	wantFailed(t, src, map[string]error{closed: fault.Unread})
}

// withoutPrivileges calls f on a thread to which the files of root are closed,
// even if the test runs as root.
func withoutPrivileges(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if os.Geteuid() == 0 {
			const nobody = 65534
			if _, _, no := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); no != 0 {
				result <- fmt.Errorf("setfsuid: %w", no)
				return
			}
			if now, _, _ := syscall.RawSyscall(syscall.SYS_SETFSUID, ^uintptr(0), 0, 0); now != nobody {
				result <- errors.New("setfsuid: not permitted")
				return
			}
		}
		result <- f()
	}()
	return <-result
}
