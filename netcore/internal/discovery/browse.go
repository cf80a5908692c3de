package discovery

import (
	"context"

	"github.com/grandcat/zeroconf"
)

// What a browse gathers at most before it counts as flooded. The library
// remembers all that it ever delivered, so it is ended then, which frees it.
const (
	maxEntries    = 1000
	maxEntryAddrs = 64
)

// A browse is one question to the network and the answers to it.
type browse struct {
	cancel  context.CancelFunc
	flooded bool // valid when it has ended
}

// startBrowse asks the network. The answers go to found; when the browse ends by
// itself or because it was flooded, and not by ctx or cancel, it goes to ended.
func (s *session) startBrowse() (*browse, error) {
	ctx, cancel := context.WithCancel(s.ctx)
	entries := make(chan *zeroconf.ServiceEntry)
	if err := s.mdns.library.lookup(ctx, s.network, entries); err != nil {
		cancel()
		return nil, err
	}
	b := &browse{cancel: cancel}
	s.browses.Go(func() {
		defer cancel()
		b.flooded = collect(ctx, cancel, entries, s.found)
		if b.flooded || ctx.Err() == nil {
			select {
			case s.ended <- b:
			case <-s.ctx.Done():
			}
		}
	})
	return b, nil
}

// collect passes entries on, up to the limits of a browse, which it then
// cancels. It reads until the library closes entries, whatever happens: the library
// would block for ever on one that nobody takes.
func collect(ctx context.Context, cancel context.CancelFunc, entries <-chan *zeroconf.ServiceEntry, found chan<- *zeroconf.ServiceEntry) (flooded bool) {
	count := 0
	for entry := range entries {
		count++
		if count > maxEntries || len(entry.AddrIPv4)+len(entry.AddrIPv6) > maxEntryAddrs {
			flooded = true
			cancel()
		}
		if ctx.Err() != nil {
			continue
		}
		select {
		case found <- entry:
		case <-ctx.Done():
		}
	}
	return flooded
}
