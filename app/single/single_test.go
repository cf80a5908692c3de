package single

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const patience = 30 * time.Second

// TestMain is also the program that is the one, and is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FERRY_TEST_TAKE"); dir != "" {
		if _, err := Take(dir); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("taken\n")
		select {}
	}
	goleak.VerifyTestMain(m)
}

// first makes a program that is the one of dir, and tells what it was handed.
func first(t *testing.T, dir string) <-chan []string {
	t.Helper()
	i, err := Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan []string, 10)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- i.Serve(ctx, func(paths []string) { opened <- paths }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, i.Close()); err != nil {
			t.Error(err)
		}
	})
	return opened
}

func next(t *testing.T, opened <-chan []string) []string {
	t.Helper()
	select {
	case paths := <-opened:
		return paths
	case <-time.After(patience):
		t.Fatal("nothing was handed over")
		return nil
	}
}

func TestTheSecondHandsOverToTheFirst(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long/", 40))
	for name, dir := range map[string]string{"": t.TempDir(), "in a long path": long} {
		t.Run("a folder "+name, func(t *testing.T) {
			opened := first(t, dir)
			if _, err := Take(dir); !errors.Is(err, ErrTaken) {
				t.Fatalf("a second one: %v", err)
			}
			for _, paths := range [][]string{{}, {"/a b", "/报告.txt", "/no\xff\nutf8"}} {
				if err := Hand(t.Context(), dir, paths); err != nil {
					t.Fatal(err)
				}
				if got := next(t, opened); !slices.Equal(got, paths) {
					t.Errorf("handed over %q, want %q", got, paths)
				}
			}
		})
	}
}

func TestAfterItsEndAnotherOneIsTheFirst(t *testing.T) {
	dir := t.TempDir()
	i, err := Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	first(t, dir)
}

func TestOneThatWasKilledIsNotInTheWay(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FERRY_TEST_TAKE="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir); !errors.Is(err, ErrTaken) {
		t.Errorf("while it lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
	opened := first(t, dir)
	if err := Hand(t.Context(), dir, []string{"/a"}); err != nil {
		t.Fatal(err)
	}
	next(t, opened)
}

func TestOneThatHasOnlyJustStartedIsWaitedFor(t *testing.T) {
	dir := t.TempDir()
	handed := make(chan error, 1)
	go func() { handed <- Hand(t.Context(), dir, []string{"/a"}) }()
	opened := first(t, dir)
	if err := <-handed; err != nil {
		t.Fatal(err)
	}
	next(t, opened)
}

func TestNonsenseIsRefusedAndDisturbsNothing(t *testing.T) {
	dir := t.TempDir()
	opened := first(t, dir)
	address, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, nonsense := range []string{"x\n", "[]\n", `{"paths":["cmVsYXRpdmU="]}` + "\n", `{"paths":["LwA="]}` + "\n"} {
		c, err := net.Dial("unix", string(address))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(nonsense)); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 200)
		if n, err := c.Read(answer); err != nil || !bytes.Contains(answer[:n], []byte("error")) {
			t.Errorf("%q is answered with %q, %v", nonsense, answer[:n], err)
		}
		c.Close()
	}
	if err := Hand(t.Context(), dir, []string{"/a"}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, opened); !slices.Equal(got, []string{"/a"}) {
		t.Errorf("handed over %q", got)
	}
}

func TestTheSocketIsClosedToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ferry")
	first(t, dir)
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("the folder of the socket has mode %v", mode)
	}
}
