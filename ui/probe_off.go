//go:build !uiprobe

package ui

// startProbe does nothing: only builds for tests can be looked into.
func (w *Window) startProbe() (stop func()) { return func() {} }
