package transfer

import (
	"errors"
	"fmt"
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

func TestScanSkipsWhatIsNeitherFileNorFolder(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "top")
	write(t, filepath.Join(top, "file"))
	mkdir(t, filepath.Join(top, "empty"))
	symlink(t, "file", filepath.Join(top, "link"))
	symlink(t, "..", filepath.Join(top, "loop"))
	symlink(t, "nowhere", filepath.Join(top, "broken"))
	for _, pipe := range []string{filepath.Join(top, "pipe"), filepath.Join(dir, "picked pipe")} {
		if err := syscall.Mkfifo(pipe, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	src := scan(t, top, filepath.Join(dir, "picked pipe"))
	wantOffered(t, src, "top/", "top/file", "top/empty/")
	wantFailed(t, src, map[string]error{
		filepath.Join(top, "link"):        fault.Skipped,
		filepath.Join(top, "loop"):        fault.Skipped,
		filepath.Join(top, "broken"):      fault.Skipped,
		filepath.Join(top, "pipe"):        fault.Skipped,
		filepath.Join(dir, "picked pipe"): fault.Skipped,
	})
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
