package conn

import (
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/fault"
)

// maxOpening is how many bytes may come until both hellos are said: a hello of
// 64 KiB, and TLS.
const maxOpening = 128 << 10

// socket is the TCP connection below TLS: it gathers writes until flush, reads
// ahead, and gives every read a deadline of its own, so that silence is
// counted from the last byte and not from the last frame.
type socket struct {
	raw net.Conn
	r   *growingReader

	wmu    sync.Mutex
	w      *growingWriter
	gather bool // writes wait for flush; not so during the handshake

	sent    atomic.Int64 // bytes
	writing atomic.Int64 // nanoseconds that it took to write them

	pace  atomic.Pointer[rate.Limiter] // of what is read; nil: none
	hurry chan struct{}                // closed when nobody is to wait for that any more

	dmu         sync.Mutex    // the deadline's
	silence     time.Duration // 0 until it is established
	opening     int           // bytes that have come until then
	due         time.Time     // a byte must come by then, if it is not zero
	interrupted bool
	ending      bool // last words are being said; no more interruptions
}

func newSocket(raw net.Conn) *socket {
	s := &socket{raw: raw, hurry: make(chan struct{})}
	s.r = newGrowingReader(deadlineReader{s}, socketBuffer)
	s.w = newGrowingWriter(timedWriter{s}, socketBuffer)
	return s
}

// deadlineReader reads from the raw connection under the limit on silence.
type deadlineReader struct{ s *socket }

func (d deadlineReader) Read(p []byte) (int, error) {
	if err := d.s.arm(); err != nil {
		return 0, err
	}
	n, err := d.s.raw.Read(p)
	if n > 0 {
		if err := d.s.alive(n); err != nil {
			return 0, err
		}
		d.s.keepPace(readCost)
	}
	return n, err
}

// What a read and a TLS record count for at least, in bytes, against the pace: many small ones cost as much as a
// few large ones do.
const (
	readCost   = 1024
	recordCost = 1024
)

// pacedReader reads what is in the records of TLS, at the pace of the socket below it.
type pacedReader struct {
	r io.Reader
	s *socket
}

func (p pacedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.s.keepPace(max(n, recordCost))
	return n, err
}

// keepPace waits until so many bytes may have been read.
func (s *socket) keepPace(n int) {
	pace := s.pace.Load()
	if pace == nil {
		return
	}
	turn := pace.ReserveN(time.Now(), min(n, pace.Burst()))
	delay := turn.Delay()
	if delay <= 0 {
		return
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.hurry:
		turn.Cancel() // or who comes and goes would hold up all others for longer and longer
	}
}

// timedWriter writes to the raw connection, and counts.
type timedWriter struct{ s *socket }

func (t timedWriter) Write(p []byte) (int, error) {
	begun := time.Now()
	n, err := t.s.raw.Write(p)
	t.s.writing.Add(int64(time.Since(begun)))
	t.s.sent.Add(int64(n))
	return n, err
}

// arm gives the read that follows its deadline.
func (s *socket) arm() error {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	if s.interrupted || s.silence == 0 {
		return nil
	}
	deadline := time.Now().Add(s.silence)
	if !s.due.IsZero() && s.due.Before(deadline) {
		deadline = s.due
	}
	return s.raw.SetReadDeadline(deadline)
}

// alive notes a sign of life of n bytes. The error is that this is too much for somebody who has
// not said who he is.
func (s *socket) alive(n int) error {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	s.due = time.Time{}
	if s.silence > 0 {
		return nil
	}
	if s.opening += n; s.opening > maxOpening {
		return fmt.Errorf("%w: more than %d KiB before the hello is over", fault.Protocol, maxOpening>>10)
	}
	return nil
}

// established ends the handshake: from now on writes are gathered, and silence is limited.
func (s *socket) established(silence time.Duration) {
	s.wmu.Lock()
	s.gather = true
	s.wmu.Unlock()
	s.dmu.Lock()
	s.silence = silence
	s.dmu.Unlock()
}

// allow changes the limit on silence, from the next read on.
func (s *socket) allow(silence time.Duration) {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	s.silence = silence
}

// expect lets reads fail, also one that is under way, unless a byte comes
// within d from now.
func (s *socket) expect(d time.Duration) {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	s.due = time.Now().Add(d)
	if !s.interrupted {
		_ = s.raw.SetReadDeadline(s.due)
	}
}

// interrupt lets reads under way fail, now and from now on. Writes go on: a
// record cut short could not be followed by a last word.
func (s *socket) interrupt() {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	if s.ending {
		return
	}
	s.hurryUp()
	s.interrupted = true
	// A connection that is closed already needs no interruption.
	_ = s.raw.SetReadDeadline(time.Unix(1, 0))
}

// hurryUp ends the waits for the pace. Callers hold dmu.
func (s *socket) hurryUp() {
	select {
	case <-s.hurry:
	default:
		close(s.hurry)
	}
}

func (s *socket) isInterrupted() bool {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	return s.interrupted
}

// end allows reads again, for good, for the last words of a connection.
func (s *socket) end() {
	s.dmu.Lock()
	defer s.dmu.Unlock()
	s.interrupted, s.ending = false, true
	_ = s.raw.SetReadDeadline(time.Time{})
}

func (s *socket) Read(p []byte) (int, error) { return s.r.Read(p) }

func (s *socket) Write(p []byte) (int, error) {
	s.wmu.Lock()
	defer s.wmu.Unlock()
	n, err := s.w.Write(p)
	if err == nil && !s.gather {
		err = s.w.Flush()
	}
	return n, err
}

func (s *socket) flush() error {
	s.wmu.Lock()
	defer s.wmu.Unlock()
	return s.w.Flush()
}

// closeWrite sends what is gathered, TLS's own goodbye at its end, and ends
// this half of the connection. That goodbye has left a write deadline of "now"
// behind (crypto/tls.Conn.CloseWrite).
func (s *socket) closeWrite() error {
	if err := s.raw.SetWriteDeadline(time.Time{}); err != nil {
		return err
	}
	if err := s.flush(); err != nil {
		return err
	}
	if half, ok := s.raw.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (s *socket) Close() error {
	s.dmu.Lock()
	s.hurryUp()
	s.dmu.Unlock()
	return s.raw.Close()
}

func (s *socket) LocalAddr() net.Addr                { return s.raw.LocalAddr() }
func (s *socket) RemoteAddr() net.Addr               { return s.raw.RemoteAddr() }
func (s *socket) SetDeadline(t time.Time) error      { return s.raw.SetDeadline(t) }
func (s *socket) SetReadDeadline(t time.Time) error  { return s.raw.SetReadDeadline(t) }
func (s *socket) SetWriteDeadline(t time.Time) error { return s.raw.SetWriteDeadline(t) }
