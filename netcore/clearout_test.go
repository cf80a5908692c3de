package netcore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore/netcoretest"
)

// TestOldListsGo removes lists that nobody needs any more, and no others.
func TestOldListsGo(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), bigFile(t))
	bob.WaitTransfer(t, "progress", moved(0))
	anna.Stop()
	dir := filepath.Join(anna.Dir, "sending")
	needed := filepath.Join(dir, id.String()+".list")
	stale := filepath.Join(dir, "00112233445566778899aabbccddeeff.list")
	fresh := filepath.Join(dir, "ffeeddccbbaa99887766554433221100.list")
	old := time.Now().Add(-48 * time.Hour)
	for _, path := range []string{stale, fresh} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{stale, needed} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	restart(t, anna)
	netcoretest.Eventually(t, "the stale list to go", func() bool {
		_, err := os.Stat(stale)
		return errors.Is(err, os.ErrNotExist)
	})
	for _, path := range []string{fresh, needed} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is gone: %v", path, err)
		}
	}
}
