package discovery

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How many packets are read, in a second and at once. A true node sends a few, and as many
// answers as there are questions; what is more is dropped unread.
const (
	packetRate, packetBurst   = 1000, 4000
	sourceRate, sourceBurst   = 50, 400
	questionRate, questionSum = 100, 1000 // questions, that others ask the library
	maxSources                = 256
)

// A gate bounds what packets cost. One neighbour that sends too many cannot keep those of others out, unless it
// invents senders too.
type gate struct {
	mu        sync.Mutex
	all       *rate.Limiter
	questions *rate.Limiter
	sources   map[netip.Addr]*rate.Limiter
}

func newGate() *gate {
	return &gate{
		all:       rate.NewLimiter(packetRate, packetBurst),
		questions: rate.NewLimiter(questionRate, questionSum),
		sources:   make(map[netip.Addr]*rate.Limiter),
	}
}

// lets reports whether a packet from there is to be read.
func (g *gate) lets(from netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	source := g.sources[from]
	if source == nil {
		if len(g.sources) >= maxSources {
			clear(g.sources)
		}
		source = rate.NewLimiter(sourceRate, sourceBurst)
		g.sources[from] = source
	}
	return source.Allow() && g.all.Allow()
}

// bears reports whether so many questions more may be answered.
func (g *gate) bears(questions int) bool {
	return g.questions.AllowN(time.Now(), questions)
}
