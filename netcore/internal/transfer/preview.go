package transfer

import (
	"context"
	"errors"

	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// Preview tells what the entries of m would meet in the inbox dir; see [inbox.Look].
func (m *Manifest) Preview(ctx context.Context, dir string) (inbox.Preview, error) {
	var lerr error
	preview, err := inbox.Look(ctx, dir, func(yield func(inbox.Entry, bool) bool) {
		c := m.cursor()
		for range m.Entries() {
			var e wire.Entry
			if e, lerr = c.next(); lerr != nil || !yield(entry(e), e.Folder) {
				return
			}
		}
	})
	return preview, errors.Join(err, lerr)
}
