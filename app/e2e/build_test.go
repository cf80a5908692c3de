//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// artefacts is where pictures, logs and the programs under test go.
var artefacts = sync.OnceValue(func() string {
	dir, err := filepath.Abs("../../build/e2e")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		panic(err) // there is no test that could go on
	}
	return dir
})

// ferry is the window program with its probe, under the race detector if the
// tests are.
var ferry = sync.OnceValues(func() (string, error) {
	args := []string{"-tags", "uiprobe"}
	if raced() {
		args = append(args, "-race")
	}
	return build("ferry", "ferry/app", args)
})

// ferryCLI is the program as people get it: the race detector would blur its
// use of memory.
var ferryCLI = sync.OnceValues(func() (string, error) {
	return build("ferry-cli", "ferry/app/cli", nil)
})

// TestMain removes what an earlier run left behind, so that every picture and log is of
// this one. It is also the main function of a crowd.
func TestMain(m *testing.M) {
	if spec := os.Getenv(crowdEnv); spec != "" {
		if err := crowdMain(spec); err != nil {
			fmt.Fprintln(os.Stderr, "crowd:", err)
			os.Exit(1)
		}
		return
	}
	for _, pattern := range []string{"*.png", "*.log"} {
		old, err := filepath.Glob(filepath.Join(artefacts(), pattern))
		for _, path := range old {
			err = errors.Join(err, os.Remove(path))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	if err := printFigures(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func build(name, pkg string, flags []string) (string, error) {
	path := filepath.Join(artefacts(), name)
	args := slices.Concat([]string{"build", "-trimpath", "-buildvcs=false", "-o", path}, flags, []string{pkg})
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return path, nil
}

func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// program returns the path of a program under test, or ends the test.
func program(t testing.TB, build func() (string, error)) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// artefact is the path of a file that a test leaves behind.
func artefact(t testing.TB, name string) string {
	return filepath.Join(artefacts(), strings.ReplaceAll(t.Name(), "/", "-")+"-"+name)
}
