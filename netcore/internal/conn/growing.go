package conn

import (
	"bufio"
	"io"
)

// A connection may be that of somebody who says next to nothing, and there may be many of
// those. So its buffers are small until it is seen to carry something.
const (
	firstBuffer = 4 << 10
	growAfter   = 64 << 10
)

// growingReader reads ahead: a little at first, and up to full once something comes.
type growingReader struct {
	r      *bufio.Reader
	full   int
	passed int // bytes, while it is small
}

func newGrowingReader(r io.Reader, full int) *growingReader {
	return &growingReader{r: bufio.NewReaderSize(r, firstBuffer), full: full}
}

func (g *growingReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if g.r.Size() < g.full {
		if g.passed += n; g.passed > growAfter {
			// The small one is empty at each of the reads that follow, and hands them through.
			g.r = bufio.NewReaderSize(g.r, g.full)
		}
	}
	return n, err
}

// growingWriter gathers what is written until Flush: a little at first, and up to full
// once there is something.
type growingWriter struct {
	to     io.Writer
	w      *bufio.Writer
	full   int
	passed int // bytes, while it is small
}

func newGrowingWriter(to io.Writer, full int) *growingWriter {
	return &growingWriter{to: to, w: bufio.NewWriterSize(to, firstBuffer), full: full}
}

func (g *growingWriter) Write(p []byte) (int, error) {
	if g.w.Size() < g.full {
		if g.passed += len(p); g.passed > growAfter {
			if err := g.w.Flush(); err != nil {
				return 0, err
			}
			g.w = bufio.NewWriterSize(g.to, g.full)
		}
	}
	return g.w.Write(p)
}

func (g *growingWriter) Flush() error { return g.w.Flush() }
