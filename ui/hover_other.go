//go:build !linux

package ui

// watchDrags does nothing: what is dragged is known when it is dropped.
func (w *Window) watchDrags() {}
