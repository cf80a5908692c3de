package ui

import (
	"context"

	"ferry/netcore"
)

// Verify implements netcore.Handler.
func (w *Window) Verify(ctx context.Context, v *netcore.Verification) netcore.Verdict {
	return netcore.Undecided
}
