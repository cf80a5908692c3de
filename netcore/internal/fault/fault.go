// Package fault is what can go wrong with a peer or a transfer, and the one
// table that maps each kind to the code that says it on the wire.
//
// A kind is a sentinel that a front end can tell apart with errors.Is. An
// [Error] adds the circumstances, in the shape of fs.PathError.
package fault

import "errors"

// The kinds. Each has a code in the table below; a test holds that.
var (
	Declined  = errors.New("declined")
	Cancelled = errors.New("cancelled")
	Paused    = errors.New("paused")
	Offline   = errors.New("not reachable")
	Lost      = errors.New("the connection was lost")
	Untrusted = errors.New("not trusted")
	Version   = errors.New("the other device runs a version of Ferry that does not fit this one")
	Protocol  = errors.New("the other device broke the protocol")
	Busy      = errors.New("too many requests at once")
	Timeout   = errors.New("no answer in time")
	NoSpace   = errors.New("not enough free space")
	Corrupt   = errors.New("the content did not match its checksum")
	Changed   = errors.New("changed while it was being sent")
	Unread    = errors.New("cannot be read")
	Unwritten = errors.New("cannot be written")
	BadName   = errors.New("the name cannot be used here")
	Skipped   = errors.New("neither a file nor a folder")
	TooLarge  = errors.New("too much to send at once")
	Shutdown  = errors.New("the program was closed")
	Internal  = errors.New("something went wrong inside Ferry")
)

// A Code is the name of a kind on the wire.
type Code string

// table is in order of precedence: an error that is of two kinds is told as the
// first.
var table = []struct {
	code Code
	kind error
}{
	{"declined", Declined},
	{"cancelled", Cancelled},
	{"paused", Paused},
	{"offline", Offline},
	{"lost", Lost},
	{"untrusted", Untrusted},
	{"version", Version},
	{"protocol", Protocol},
	{"busy", Busy},
	{"timeout", Timeout},
	{"no-space", NoSpace},
	{"corrupt", Corrupt},
	{"changed", Changed},
	{"unreadable", Unread},
	{"unwritable", Unwritten},
	{"bad-name", BadName},
	{"skipped", Skipped},
	{"too-large", TooLarge},
	{"shutdown", Shutdown},
	{"internal", Internal},
}

// CodeOf returns the code of err's kind, "internal" if it has none.
func CodeOf(err error) Code {
	for _, row := range table {
		if errors.Is(err, row.kind) {
			return row.code
		}
	}
	return "internal"
}

// Number is a small number for code in the memory of this program; see Numbered.
func (c Code) Number() byte {
	for i, row := range table {
		if row.code == c {
			return byte(i)
		}
	}
	return Code("internal").Number()
}

// Numbered is the code with a number.
func Numbered(n byte) Code {
	if int(n) < len(table) {
		return table[n].code
	}
	return "internal"
}

// Kind returns the sentinel that code names, [Internal] for an unknown one.
func (c Code) Kind() error {
	for _, row := range table {
		if row.code == c {
			return row.kind
		}
	}
	return Internal
}
