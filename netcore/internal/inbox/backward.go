package inbox

import (
	"bytes"
	"io"
)

// A backward reads the lines of a file from its end to its beginning.
type backward struct {
	from io.ReaderAt
	at   int64  // where buf begins
	buf  []byte // read, and not returned
	done bool
}

// backwardChunk is how much is read at once.
const backwardChunk = 64 << 10

// line returns the line before the last one that it returned, without its end,
// and where it begins: first what is behind the last end of a line, which may be
// nothing. The line is valid until the next call; of one that is too long for a
// record only its beginning is returned. After the first line of the file, the
// error is io.EOF.
func (b *backward) line() (line []byte, start int64, err error) {
	if b.done {
		return nil, 0, io.EOF
	}
	for looked := 0; ; {
		if i := bytes.LastIndexByte(b.buf[:len(b.buf)-looked], '\n'); i >= 0 {
			line, b.buf = b.buf[i+1:], b.buf[:i]
			return line, b.at + int64(i) + 1, nil
		}
		if b.at == 0 {
			b.done = true
			return b.buf, 0, nil
		}
		b.buf = b.buf[:min(len(b.buf), maxRecord)]
		looked = len(b.buf)
		if err := b.more(); err != nil {
			return nil, 0, err
		}
	}
}

// more reads the chunk before buf.
func (b *backward) more() error {
	n := min(b.at, backwardChunk)
	buf := make([]byte, n, int(n)+len(b.buf))
	if _, err := b.from.ReadAt(buf, b.at-n); err != nil && err != io.EOF {
		return err
	}
	b.buf = append(buf, b.buf...)
	b.at -= n
	return nil
}
