//go:build !windows

package netcore_test

import (
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	. "ferry/netcore/netcoretest"
)

// TestKeyOpenToOthers starts a node whose key the other users of the computer could read.
func TestKeyOpenToOthers(t *testing.T) {
	h := Start(t, "Anna")
	h.Stop()
	if info, err := os.Stat(h.Dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the config folder has mode %v, %v", info.Mode(), err)
	}
	key := filepath.Join(h.Dir, identity.KeyFile)
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	again := Start(t, "Anna", func(c *netcore.Config, _ *Recorder) { c.Dir = h.Dir })
	again.Wait(t, "a warning", func(e netcore.Event) bool {
		w, ok := e.(netcore.Warning)
		return ok && w.Kind == netcore.WarnKeyFile
	})
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v, %v", info.Mode(), err)
	}
	if again.Self().ID != h.Self().ID {
		t.Error("it is another device now")
	}
}
