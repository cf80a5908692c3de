package main

import (
	"bytes"
	"io"
	"log"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore"
)

func TestNoDisplayIsOneSentence(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, errs bytes.Buffer
	if code := run([]string{"--config", t.TempDir()}, &out, &errs); code != exitError {
		t.Errorf("exit code %d, want %d", code, exitError)
	}
	if got := errs.String(); !strings.Contains(got, "ferry-cli") || strings.Count(got, "\n") != 1 {
		t.Errorf("said %q", got)
	}
}

func TestVersionAndBadFlags(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		out  string
		errs string
	}{
		{[]string{"--version"}, exitOK, "Ferry ", ""},
		{[]string{"--help"}, exitOK, "", "--config"[1:]},
		{[]string{"--nonsense"}, exitUsage, "", "nonsense"},
		{[]string{"--log", "loud"}, exitUsage, "", "loud"},
		{[]string{"no such file.txt"}, exitUsage, "", "no such file.txt"},
	} {
		var out, errs bytes.Buffer
		code := run(test.args, &out, &errs)
		if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.errs) {
			t.Errorf("%v: exit code %d, said %q and %q", test.args, code, out.String(), errs.String())
		}
	}
}

func TestFlagsWinOverSettings(t *testing.T) {
	dir := t.TempDir()
	limits := netcore.Limits{Upload: 5e6}
	if err := (netcore.Settings{Name: "Saved", Inbox: "/saved", Limits: limits, Visibility: netcore.VisibleToKnown}).Save(dir); err != nil {
		t.Fatal(err)
	}
	opts := options{dir: dir, name: "Given"}
	settings, trouble, err := opts.settings(slog.New(slog.DiscardHandler))
	if err != nil || trouble != nil {
		t.Fatal(err, trouble)
	}
	cfg := opts.config(settings)
	if cfg.Name != "Given" || cfg.Inbox != "/saved" || cfg.Dir != dir || cfg.Limits != limits || cfg.Visibility != netcore.VisibleToKnown {
		t.Errorf("config is %+v", cfg)
	}
}

// TestStartWithDamagedSettings: the window opens, has something to tell, and nobody sees the device.
func TestStartWithDamagedSettings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"name": "Kim", "visib`), 0o600); err != nil {
		t.Fatal(err)
	}
	opts := options{dir: dir}
	settings, trouble, err := opts.settings(slog.New(slog.DiscardHandler))
	if cfg := opts.config(settings); err != nil || trouble == nil || cfg.Name != "Kim" || cfg.Visibility != netcore.VisibleToNone {
		t.Errorf("config is %+v, told is %v (%v)", cfg, trouble, err)
	}
}

func TestAgainWithTheSameFlags(t *testing.T) {
	opts, err := parseFlags([]string{"--hidden", "--config", "dir", "--", "main_test.go"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parseFlags(shown(opts.flags), io.Discard)
	if err != nil || again.hidden || again.dir != "dir" || len(again.paths) != 0 {
		t.Errorf("%q: %+v (%v)", shown(opts.flags), again, err)
	}
}

func TestLogKeepsWarningsAndLibrariesApart(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	dir := t.TempDir()
	var stderr bytes.Buffer
	l, err := openLog(dir, slog.LevelInfo, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	l.Info("all is well")
	l.Warn("look here")
	log.Print("library noise")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "ferry.log"))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(data); !strings.Contains(s, "all is well") || !strings.Contains(s, "look here") || strings.Contains(s, "noise") {
		t.Errorf("the file has %q", s)
	}
	if s := stderr.String(); strings.Contains(s, "all is well") || !strings.Contains(s, "look here") {
		t.Errorf("stderr has %q", s)
	}
}

func TestLogStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "ferry.log")
	l, err := openLimited(path, 100)
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 39) + "\n")
	for range 50 {
		if n, err := l.Write(line); n != len(line) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + ".1"} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if size := info.Size(); size == 0 || size > 100 {
			t.Errorf("%s has %d bytes", filepath.Base(p), size)
		}
	}
}

func TestPathsToSendAreAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	want := filepath.Join(dir, "a b#%.txt")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{"a b#%.txt", want, "file://" + (&url.URL{Path: want}).EscapedPath()} {
		opts, err := parseFlags([]string{"--hidden", "--", arg}, os.Stderr)
		if err != nil || len(opts.paths) != 1 || opts.paths[0] != want || !opts.hidden {
			t.Errorf("%q is %+v, %v", arg, opts, err)
		}
	}
}
