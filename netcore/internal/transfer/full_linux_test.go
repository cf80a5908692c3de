package transfer

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/netcoretest/smalldisk"
)

func TestFullDisk(t *testing.T) { smalldisk.On(t, testFullDisk) }

// testFullDisk fills the receiver's disk in several ways: both ends hear of it at once,
// nothing counts as failed, and it goes on when there is room.
func testFullDisk(t *testing.T, dir string) {
	for name, tt := range map[string]struct {
		files, size int
		little, big string
		kept        bool // some of the first attempt
	}{
		"in a large file": {3, 3_000_000, "size=4m", "size=64m", true},
		"by small files":  {3000, 4096, "size=4m", "size=64m", true},
		"by their names":  {1500, 1, "size=64m,nr_inodes=500", "size=64m,nr_inodes=10000", true},
		"by the folders":  {26, 1, "size=64m,nr_inodes=15", "size=64m,nr_inodes=10000", false},
	} {
		t.Run(name, func(t *testing.T) {
			here := filepath.Join(dir, name)
			mkdir(t, here)
			smalldisk.Mount(t, here, tt.little)
			e, top := newEnds(t), filepath.Join(tempDir(t), "top")
			for i := range tt.files {
				randomFile(t, filepath.Join(top, string(rune('a'+i%26)), string(rune('一'+i))), tt.size, uint64(i))
			}
			a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)}
			began := time.Now()
			o := e.make(t.Context(), a)
			if took := time.Since(began); took > conn.LingerTimeout {
				t.Errorf("it took %v to end", took)
			}
			if !errors.Is(o.gotErr, fault.NoSpace) || !errors.Is(o.sentErr, fault.NoSpace) || !isRemote(o.sentErr) {
				t.Fatalf("sender: %v, receiver: %v; want %v", o.sentErr, o.gotErr, fault.NoSpace)
			}
			if o.got.FailedCount+o.sent.FailedCount > 0 {
				t.Errorf("failed are %v and %v", o.got.Failures, o.sent.Failures)
			}
			if got := a.bob.Files(); got == int64(tt.files) {
				t.Errorf("it went on to the last of %d files", got)
			}
			smalldisk.Remount(t, here, tt.big)
			o = e.mustMake(t, a)
			if o.sent.Receipt.Files != int64(tt.files) || o.sent.FailedCount > 0 {
				t.Errorf("with room: %+v, %v", o.sent.Receipt, o.sent.Failures)
			}
			if kept := a.anna.Found() > 0; kept != tt.kept {
				t.Errorf("something of the first attempt was kept: %v", kept)
			}
			for i := range tt.files {
				rel := filepath.Join(string(rune('a'+i%26)), string(rune('一'+i)))
				sameFile(t, filepath.Join(top, rel), filepath.Join(here, "top", rel))
			}
		})
	}
}

// TestFileThatIsTooLargeFailsAlone has a limit on the size of files, as FAT has one of 4 GiB:
// those behind the one that it stops arrive.
func TestFileThatIsTooLargeFailsAlone(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	for _, name := range []string{"a", "c"} {
		if err := os.Truncate(filepath.Join(top, name), 1_000_000); err != nil {
			t.Fatal(err)
		}
	}
	a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 2_000_000, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	}()
	o := e.mustMake(t, a)
	for name, r := range map[string]Result{"sender": o.sent, "receiver": o.got} {
		if r.FailedCount != 1 || len(r.Failures) != 1 || r.Failures[0].Path != "top/b" || !errors.Is(r.Failures[0].Err, fault.Unwritten) {
			t.Errorf("%s: %d failed, %v", name, r.FailedCount, r.Failures)
		}
	}
	for _, name := range []string{"a", "c"} {
		sameFile(t, filepath.Join(top, name), filepath.Join(here, "top", name))
	}
}
