package netcore

import (
	"sync"

	"ferry/netcore/internal/inbox"
)

// inboxes shares one open inbox among all transfers that go to a folder.
type inboxes struct {
	mu   sync.Mutex
	open map[string]*sharedInbox
}

type sharedInbox struct {
	*inbox.Inbox
	users int
}

// use opens dir, or joins those who have it open, if it is still that folder. release must follow.
func (s *inboxes) use(dir string) (in *inbox.Inbox, release func() error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shared := s.open[dir]
	if shared == nil || shared.InPlace() != nil {
		opened, err := inbox.Open(dir)
		if err != nil {
			return nil, nil, err
		}
		if s.open == nil {
			s.open = make(map[string]*sharedInbox)
		}
		shared = &sharedInbox{Inbox: opened}
		s.open[dir] = shared
	}
	shared.users++
	return shared.Inbox, func() error { return s.release(shared) }, nil
}

func (s *inboxes) release(shared *sharedInbox) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shared.users--; shared.users > 0 {
		return nil
	}
	if s.open[shared.Dir()] == shared {
		delete(s.open, shared.Dir())
	}
	return shared.Close()
}
