//go:build !linux

package notify

import (
	"context"
	"errors"

	"ferry/ui"
)

// errNone makes the window fall back on Fyne's notices.
var errNone = errors.New("no notifications with buttons on this system")

// Notify implements [ui.Notifier]: it shows nothing, so that the window does.
func (*Notifier) Notify(context.Context, ui.Notice) error { return errNone }
