//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// A holder is what a [lan.LAN] is made for: it undoes what was done, the last
// first, however the work ends.
type holder struct {
	cleanups []func()
	failed   error
}

// withHolder runs work, then all cleanups. As in a test, Fatal ends the work.
func withHolder(work func(*holder) error) error {
	h := &holder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer h.cleanUp()
		if err := work(h); err != nil {
			h.failed = errors.Join(h.failed, err)
		}
	}()
	<-done
	return h.failed
}

func (h *holder) cleanUp() {
	for len(h.cleanups) > 0 {
		last := len(h.cleanups) - 1
		f := h.cleanups[last]
		h.cleanups = h.cleanups[:last]
		f()
	}
}

func (h *holder) Helper()          {}
func (h *holder) Cleanup(f func()) { h.cleanups = append(h.cleanups, f) }
func (h *holder) Error(args ...any) {
	h.failed = errors.Join(h.failed, errors.New(fmt.Sprint(args...)))
}

func (h *holder) Fatal(args ...any) {
	h.Error(args...)
	runtime.Goexit()
}

func (h *holder) Fatalf(format string, args ...any) { h.Fatal(fmt.Sprintf(format, args...)) }

// tempDir makes a folder that lives as long as the holder.
func (h *holder) tempDir(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "ferry-bench-")
	if err != nil {
		return "", err
	}
	h.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			h.Error(err)
		}
	})
	return filepath.Abs(dir)
}
