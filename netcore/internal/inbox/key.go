package inbox

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
)

const (
	keyBytes = 16
	// maxRivals is how many transfers of the same file by the same peer can be
	// on their way at once.
	maxRivals = 1000
)

// partialKey names what e's content is, as far as that is known before it
// arrived: the same for each attempt of a peer to send the same file.
func partialKey(sender string, e Entry) string {
	b := make([]byte, 0, 256)
	b = append(b, "ferry partial 1"...)
	for _, s := range []string{sender, e.Path} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(e.Size))
	b = binary.BigEndian.AppendUint64(b, uint64(e.ModTime.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(e.ModTime.Nanosecond()))
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:keyBytes])
}

// partialName is the file name for the nth of several transfers that bring the
// same file at once.
func partialName(key string, n int) string {
	if n == 0 {
		return key
	}
	return key + "~" + strconv.Itoa(n)
}

func isPartialName(name string) bool {
	key, _, _ := strings.Cut(name, "~")
	b, err := hex.DecodeString(key)
	return err == nil && len(b) == keyBytes
}

// claim takes the first partial of key that nobody has. It calls begin with its
// name before.
func (in *Inbox) claim(key string, e Entry, begin func(name string) error) (p *Partial, err error) {
	for n := range maxRivals {
		name := partialName(key, n)
		if !in.hold(name) {
			continue
		}
		if err = begin(name); err == nil {
			p, err = in.open(name, e)
		}
		if err == nil {
			return p, nil
		}
		in.release(name)
		if !errors.Is(err, errTaken) {
			return nil, err
		}
	}
	return nil, errTaken
}

// open takes the partial name, which the caller holds.
func (in *Inbox) open(name string, e Entry) (*Partial, error) {
	s, err := in.take(name, e.perm())
	if err != nil {
		return nil, err
	}
	return &Partial{entry: e, name: name, stage: s.stage, file: s.file, mode: s.mode, at: s.size}, nil
}

// find looks for a partial of key that nobody has and that holds between 1 and
// size bytes, and holds its name.
func (in *Inbox) find(key string, size int64) (name string, f *os.File, length int64) {
	s := in.stagingIfThere()
	if s == nil {
		return "", nil, 0
	}
	for n := range maxRivals {
		name := partialName(key, n)
		if _, err := s.root.Lstat(name); err != nil {
			return "", nil, 0
		}
		if !in.hold(name) {
			continue
		}
		if f, length, ok := s.probe(name, size); ok {
			return name, f, length
		}
		in.release(name)
	}
	return "", nil, 0
}
