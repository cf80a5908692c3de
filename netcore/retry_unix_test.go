//go:build unix

package netcore_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestRetry sends what has failed once more, and only that.
func TestRetry(t *testing.T) {
	src := filepath.Join(t.TempDir(), "album")
	netcoretest.Tree{"good.txt": "good", "sub/bad.txt": "bad"}.Write(t, src)
	bad := filepath.Join(src, "sub", "bad.txt")
	inTheWay := filepath.Join(t.TempDir(), "bad.txt")
	// A fifo has no content to send; a file in its place has.
	if err := os.Rename(bad, inTheWay); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(bad, 0o644); err != nil {
		t.Fatal(err)
	}
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), src)
	sent := anna.WaitFinal(t, id)
	if sent.State != netcore.Done || sent.FailedCount != 1 {
		t.Fatalf("%v %v, %d failed", sent.State, sent.Err, sent.FailedCount)
	}
	if err := os.Rename(inTheWay, bad); err != nil {
		t.Fatal(err)
	}
	again, err := anna.Retry(id)
	if err != nil {
		t.Fatal(err)
	}
	if got := bob.WaitFinal(t, again); got.State != netcore.Done || got.Files != 1 || got.FailedCount != 0 {
		t.Errorf("%v %v, %d files, %d failed", got.State, got.Err, got.Files, got.FailedCount)
	}
	netcoretest.SameTree(t, filepath.Dir(src), bob.Inbox())
}
