//go:build unix

package nocore

import (
	"os/exec"
	"strings"
	"testing"
)

func TestNoCoreFiles(t *testing.T) {
	if err := Set(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("sh", "-c", "ulimit -S -c").Output()
	if err != nil || strings.TrimSpace(string(out)) != "0" {
		t.Errorf("core files of %q blocks may be left (%v)", out, err)
	}
}
