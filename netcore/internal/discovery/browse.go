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
	ctx     context.Context
	cancel  context.CancelFunc
	flooded bool // it ended for that reason; set before it is sent to ended
}

// startBrowse asks the network. The answers go to found. When the browse was
// flooded, or ended otherwise though nobody cancelled it, it goes to ended,
// once.
func (s *session) startBrowse() (*browse, error) {
	b := new(browse)
	b.ctx, b.cancel = context.WithCancel(s.ctx)
	entries := make(chan *zeroconf.ServiceEntry)
	if err := s.mdns.library.lookup(b.ctx, s.network, entries); err != nil {
		b.cancel()
		return nil, err
	}
	s.tasks.Go(func() {
		defer b.cancel()
		s.collect(b, entries)
	})
	return b, nil
}

// collect passes entries on until b is flooded or cancelled. Even then it reads
// on until the library closes entries: the library would block for ever on one
// that nobody takes.
func (s *session) collect(b *browse, entries <-chan *zeroconf.ServiceEntry) {
	count := 0
	for entry := range entries {
		count++
		if b.ctx.Err() != nil {
			continue
		}
		if count > maxEntries || len(entry.AddrIPv4)+len(entry.AddrIPv6) > maxEntryAddrs {
			b.flooded = true
			b.cancel()
			s.tellEnd(b)
			continue
		}
		select {
		case s.found <- entry:
		case <-b.ctx.Done():
		}
	}
	if b.ctx.Err() == nil {
		s.tellEnd(b)
	}
}

func (s *session) tellEnd(b *browse) {
	select {
	case s.ended <- b:
	case <-s.ctx.Done():
	}
}
