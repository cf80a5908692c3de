package fault

import "strings"

// An Error says what was being done, with whom and with which file when it
// failed. Err is one of the kinds, or wraps one.
type Error struct {
	Op     string // "connect", "send", "receive", "scan"
	Peer   string // how the peer calls itself, or its address; may be empty
	Path   string // the entry as the sender calls it; may be empty
	Remote bool   // the other side decided it or said it
	Err    error
}

func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{e.Op, e.Peer, e.Path} {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(part)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if e.Remote {
		b.WriteString("the other side says: ")
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
