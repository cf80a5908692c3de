package netcore_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mixed is a tree with what makes trees hard.
var mixed = netcoretest.Tree{
	"album/a.jpg":                 "a picture",
	"album/deep/er/b.jpg":         "another picture",
	"album/empty/":                "",
	"album/empty.txt":             "",
	"album/中文 名.txt":              "中文",
	"album/50% off #1 & more?.md": "signs",
	"notes.txt":                   "notes",
}

func TestSendTree(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	src := t.TempDir()
	mixed.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "album", "big.bin"), 20<<20+123, 1)

	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"), filepath.Join(src, "notes.txt"))
	sent, got := anna.WaitFinal(t, id), bob.WaitFinal(t, id)
	if sent.State != netcore.Done || got.State != netcore.Done {
		t.Fatalf("sender: %v %v, receiver: %v %v", sent.State, sent.Err, got.State, got.Err)
	}
	netcoretest.SameTree(t, src, bob.Inbox())
	if sent.DoneBytes != sent.Bytes || got.DoneFiles != got.Files || got.Files != 7 || got.Folders != 4 {
		t.Errorf("sent %d of %d bytes, got %d of %d files in %d folders", sent.DoneBytes, sent.Bytes, got.DoneFiles, got.Files, got.Folders)
	}
	if want := filepath.Join(bob.Inbox(), "album"); len(got.Paths) != 2 || got.Paths[0] != want {
		t.Errorf("paths are %q, want %q first", got.Paths, want)
	}
	info, err := os.Stat(filepath.Join(bob.Inbox(), "notes.txt"))
	orig, oerr := os.Stat(filepath.Join(src, "notes.txt"))
	if err != nil || oerr != nil || !info.ModTime().Equal(orig.ModTime()) {
		t.Errorf("modification time %v, want %v (%v, %v)", info.ModTime(), orig.ModTime(), err, oerr)
	}
}
