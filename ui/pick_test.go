package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
)

// TestEscClosesTheChooserOfTheWindow: where the desktop has no file chooser, there is one in the window.
func TestEscClosesTheChooserOfTheWindow(t *testing.T) {
	h := newHarness(t)
	h.pick = func(context.Context, pickRequest) ([]string, error) { return nil, errNoPicker }
	h.Window.choose(pickFiles, func(paths []string) { t.Errorf("%q is chosen", paths) })
	h.settled()
	if h.filing == nil || h.win.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing asks for files")
	}
	h.key(fyne.KeyReturn)
	h.key(fyne.KeyEscape)
	if h.filing != nil || h.win.Canvas().Overlays().Top() != nil {
		t.Error("it is still open")
	}
}
