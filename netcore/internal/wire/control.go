package wire

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
)

// Purpose is what a connection is for.
type Purpose string

// The purposes.
const (
	PurposeLink     Purpose = "link"
	PurposeTransfer Purpose = "transfer"
	PurposeCheck    Purpose = "check"  // whether the node can be reached; both close after the hellos
	PurposeStatus   Purpose = "status" // how the node is connected; between programs of one computer
)

// MaxName is the most characters a device name has.
const MaxName = 64

// Hello is the first frame in each direction of a connection.
type Hello struct {
	Purpose  Purpose `json:"purpose"`          // chosen by the dialler, repeated by the other
	Name     string  `json:"name"`             // what people call the device
	System   string  `json:"system,omitempty"` // as runtime.GOOS
	Port     uint16  `json:"port,omitempty"`   // where the node listens; 0: nowhere
	Instance string  `json:"instance"`         // random, new at every start of a node
	Agent    string  `json:"agent,omitempty"`  // program and version, for logs
	// Call is what a Call on a link said, in 32 hexadecimal digits, if the
	// dialler has dialled because of that.
	Call string `json:"call,omitempty"`
	// Turn counts the links that the dialler dials, from 1: of two that are here at once, both ends
	// know which is the newer. 0: not told.
	Turn uint64 `json:"turn,omitempty"`
	// Pictures is that the node takes Picture frames: to an older one they would be unknown ones.
	Pictures bool `json:"pictures,omitempty"`
}

// Error ends a connection and says why.
type Error struct {
	Code fault.Code `json:"code"`
	// Detail is for a log, never for a person or a decision.
	Detail string `json:"detail,omitempty"`
}

// Offer announces a transfer. Pages of entries follow it, as many as its
// totals ask for.
type Offer struct {
	ID      string `json:"id"` // 32 hexadecimal digits
	Files   int64  `json:"files"`
	Folders int64  `json:"folders"`
	Links   int64  `json:"links,omitempty"`
	Bytes   int64  `json:"bytes"`
	Holes   int64  `json:"holes,omitempty"` // of those, bytes that need no room where files can have holes
}

// Join asks to carry parts of a transfer that is under way over one more
// connection.
type Join struct {
	ID string `json:"id"` // as in Offer
}

// Answer accepts an offer, or a Join. (To decline it is an Error.)
type Answer struct {
	Accept bool `json:"accept"`
}

// Done says that the sender has sent all that it will.
type Done struct {
	Files  int64  `json:"files"`  // files whose Sum was sent
	Bytes  int64  `json:"bytes"`  // their sizes
	Failed int64  `json:"failed"` // entries that the sender gave up
	Root   []byte `json:"root"`   // see PROTOCOL.md, "Root hash"
}

// Receipt says what is whole, verified, under its final name and on disk.
type Receipt struct {
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
	Failed int64  `json:"failed"` // entries that failed on either side
	Root   []byte `json:"root"`
}

// Encode returns the body of a control frame.
func Encode(v any) ([]byte, error) { return json.Marshal(v) }

// Decode reads the body of a control frame into v. Fields that it does not
// know are ignored, so that later versions may add some.
func Decode(body []byte, v any) error {
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: %v", fault.Protocol, err)
	}
	if c, ok := v.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

func (h *Hello) check() error {
	switch h.Purpose {
	case PurposeLink, PurposeTransfer, PurposeCheck, PurposeStatus:
	default:
		return fmt.Errorf("%w: hello with purpose %.40q", fault.Protocol, h.Purpose)
	}
	if len(h.Instance) == 0 || len(h.Instance) > 64 {
		return fmt.Errorf("%w: hello with an instance of %d bytes", fault.Protocol, len(h.Instance))
	}
	h.Name = CleanName(h.Name)
	h.System = CleanName(h.System)
	if h.Call == "" {
		return nil
	}
	if h.Purpose != PurposeTransfer {
		return fmt.Errorf("%w: a %s was not called for", fault.Protocol, h.Purpose)
	}
	return checkID(h.Call)
}

func (o *Offer) check() error {
	total := int64(0)
	for _, n := range []int64{o.Files, o.Folders, o.Links} {
		if n < 0 || n > MaxEntries {
			return fmt.Errorf("%w: offer of %d files, %d folders, %d links", fault.Protocol, o.Files, o.Folders, o.Links)
		}
		total += n
	}
	if total < 1 || total > MaxEntries || o.Holes < 0 || o.Holes > o.Bytes {
		return fmt.Errorf("%w: offer of %d entries, %d bytes, %d in holes", fault.Protocol, total, o.Bytes, o.Holes)
	}
	return checkID(o.ID)
}

func (j *Join) check() error { return checkID(j.ID) }

func checkID(id string) error {
	if b, err := hex.DecodeString(id); err != nil || len(b) != idSize {
		return fmt.Errorf("%w: %.40q is no ID of a transfer", fault.Protocol, id)
	}
	return nil
}

// CleanName makes a label out of what a stranger calls itself: valid UTF-8, no
// control or formatting characters (which could reorder the text around
// it), no white space at its ends, at most [MaxName] characters. It may be empty.
func CleanName(s string) string {
	if len(s) > 16*MaxName {
		s = s[:16*MaxName]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r) && r != '\u200d': // keep the joiner that emoji are built with
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > MaxName {
		s = strings.TrimSpace(string([]rune(s)[:MaxName]))
	}
	return s
}
