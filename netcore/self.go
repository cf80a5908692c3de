package netcore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ferry/netcore/internal/wire"
)

// self is what a person can change of a node while it runs.
type self struct {
	mu    sync.Mutex
	name  string
	inbox string

	choosing sync.Mutex // held while the picture is changed, here and on the disk
	picture  *Picture
}

func (s *self) getName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

// set changes one of the fields, and reports whether it had another value.
func (s *self) set(field *string, value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := *field != value
	*field = value
	return changed
}

// nameOr is the name that peers are told if a person has chosen one.
func nameOr(chosen string) string {
	if name := wire.CleanName(chosen); name != "" {
		return name
	}
	host, err := os.Hostname()
	if err != nil {
		host = "computer"
	}
	return wire.CleanName(strings.TrimSuffix(host, ".local"))
}

// SetName changes what other people read, at once: peers that are online are told. Empty means the host's
// name. [SelfChanged] tells of it. It lasts as long as the node: a front end that means it for good saves it in
// [Settings]. The same goes for SetInbox and SetInterfaces.
func (n *Node) SetName(name string) {
	if n.self.set(&n.self.name, nameOr(name)) {
		n.links.NameChanged()
		n.events.put(SelfChanged{})
	}
}

// Inbox is the folder that received files land in.
func (n *Node) Inbox() string {
	n.self.mu.Lock()
	defer n.self.mu.Unlock()
	return n.self.inbox
}

// SetInbox changes where offers go that are answered from now on; what was accepted before goes where it
// went. Empty means [DefaultInbox]. The folder is made if it is not there. Without an absolute path, or a folder that files can
// be put into, nothing changes, and the error wraps ErrUnwritten.
func (n *Node) SetInbox(dir string) error {
	if dir == "" {
		var err error
		if dir, err = DefaultInbox(); err != nil {
			return &Error{Op: "set inbox", Err: fmt.Errorf("%w: %w", ErrUnwritten, err)}
		}
	}
	dir = filepath.Clean(dir)
	if err := tryInbox(dir); err != nil {
		return &Error{Op: "set inbox", Path: dir, Err: fmt.Errorf("%w: %w", ErrUnwritten, err)}
	}
	if n.self.set(&n.self.inbox, dir) {
		n.events.put(SelfChanged{})
	}
	return nil
}

// tryInbox makes a folder if it is not there, and sees whether a file can be made in it.
func tryInbox(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("%s: not the whole path of a folder", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".ferry-*")
	if err != nil {
		return err
	}
	err = f.Close()
	if rerr := os.Remove(f.Name()); err == nil {
		err = rerr
	}
	return err
}

// SetInterfaces changes on which network interfaces peers are looked for, at once; none means all that are
// suitable. Peers that are online stay.
func (n *Node) SetInterfaces(names []string) {
	if n.finder != nil {
		n.finder.SetInterfaces(names)
	}
}
