package netcore

import (
	"bytes"
	"context"
	"sync"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/picture"
)

// How many pictures are looked at. One takes about two milliseconds of CPU; the burst lets a room full of devices be seen at once.
const (
	facesPerSecond = 20
	facesBurst     = 256
)

// faces are the pictures that peers have said of themselves, until somebody has looked at them. Of each peer only the
// last one counts, so that they take no more room than one for each link, and nobody waits for them.
type faces struct {
	turns *rate.Limiter
	wake  chan struct{}

	mu   sync.Mutex
	said map[PeerID][]byte
}

func newFaces() faces {
	return faces{
		turns: rate.NewLimiter(facesPerSecond, facesBurst),
		wake:  make(chan struct{}, 1),
		said:  make(map[PeerID][]byte),
	}
}

// say takes down what a peer says. body is valid until it returns.
func (f *faces) say(id PeerID, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said[id] = bytes.Clone(body)
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// next takes one of them, any.
func (f *faces) next() (id PeerID, body []byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, body := range f.said {
		delete(f.said, id)
		return id, body, true
	}
	return id, nil, false
}

// lookAtFaces takes over what peers say of what they look like, until ctx ends.
func (n *Node) lookAtFaces(ctx context.Context) {
	for {
		select {
		case <-n.faces.wake:
		case <-ctx.Done():
			return
		}
		for {
			id, body, ok := n.faces.next()
			if !ok {
				break
			}
			if n.faces.turns.Wait(ctx) != nil {
				return
			}
			n.lookAt(id, body)
		}
	}
}

// lookAt takes over what a peer says of what it looks like. What is no picture counts as none.
func (n *Node) lookAt(id PeerID, body []byte) {
	pic, err := picture.Read(body)
	if err != nil {
		n.log.Debug("picture", "peer", id, "bytes", len(body), "err", err)
	}
	if n.known.paint(id, pic) {
		n.events.put(PeerChanged{n.peer(n.known.state(id))})
	}
}
