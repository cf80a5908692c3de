package netcore_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLayers holds the direction of dependencies: the network knows no window,
// and its parts do not know the whole.
func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "ferry/netcore/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		deps := strings.Fields(line)
		pkg := deps[0]
		for _, dep := range deps[1:] {
			if strings.HasPrefix(dep, "fyne.io/") || strings.HasPrefix(dep, "ferry/ui") {
				t.Errorf("%s depends on %s", pkg, dep)
			}
			if strings.HasPrefix(pkg, "ferry/netcore/internal/") && dep == "ferry/netcore" {
				t.Errorf("%s depends on %s", pkg, dep)
			}
		}
	}
}
