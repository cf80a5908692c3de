//go:build !linux

package discovery

import "context"

// changes: there is no one way to be told that works on all the others.
func (computer) changes(context.Context) <-chan struct{} { return nil }
