//go:build !linux

package idle

import "fyne.io/fyne/v2"

// New makes a Loop that waits for nothing.
func New() *Loop { return newLoop(fyne.Do, nil, nil) }
