package identity

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestReplaceKeepsTheOldKey(t *testing.T) {
	dir := t.TempDir()
	before, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(dir, KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	after, aside, err := Replace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if after.ID() == before.ID() {
		t.Error("it is the same identity")
	}
	if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, key) {
		t.Errorf("the old key is not kept: %v", err)
	}
	if info, err := os.Stat(aside); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the old key: %v %v", info.Mode(), err)
	}
	if again, _, err := Open(dir); err != nil || again.ID() != after.ID() {
		t.Errorf("the next run has another identity: %v", err)
	}
}

func TestReplaceNothing(t *testing.T) {
	if id, aside, err := Replace(t.TempDir()); err != nil || aside != "" || id == nil {
		t.Errorf("%v %q %v", id, aside, err)
	}
}
