//go:build !uiprobe

package main

import "log/slog"

// serveProfiles does nothing: only builds with the tag uiprobe tell about themselves.
func serveProfiles(*slog.Logger) (stop func()) { return func() {} }
