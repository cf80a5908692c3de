package wire

import (
	"encoding/binary"
	"fmt"
	"io"

	"ferry/netcore/internal/fault"
)

// A Type says what a frame's body is.
type Type uint8

// The types of frame. PROTOCOL.md says who may send which when.
const (
	TypeHello   Type = 0x01
	TypeError   Type = 0x02
	TypePing    Type = 0x03
	TypePong    Type = 0x04
	TypeBye     Type = 0x05
	TypeWake    Type = 0x06
	TypeCancel  Type = 0x07
	TypeCall    Type = 0x08
	TypeAddrs   Type = 0x09
	TypeCheck   Type = 0x0a
	TypeChecked Type = 0x0b
	TypeVerify  Type = 0x0c
	TypeNonce   Type = 0x0d
	TypeVerdict Type = 0x0e
	TypeName    Type = 0x0f
	TypePicture Type = 0x15
	TypeStatus  Type = 0x1f
	TypeOffer   Type = 0x10
	TypeEntries Type = 0x11
	TypeAnswer  Type = 0x12
	TypeHave    Type = 0x13
	TypeJoin    Type = 0x14
	TypeFile    Type = 0x20
	TypeData    Type = 0x21
	TypeSum     Type = 0x22
	TypeFault   Type = 0x23
	TypeDone    Type = 0x24
	TypeReceipt Type = 0x25
	TypeHole    Type = 0x26
	TypePart    Type = 0x27
)

// Limits on the body of a frame, in bytes.
const (
	MaxControl = 64 << 10
	MaxPage    = 256 << 10
	MaxData    = 1 << 20
	// MaxPiece is how much of the stream of frames one Part holds, and MaxPart
	// that and its number.
	MaxPiece = 256 << 10
	MaxPart  = MaxPiece + binary.MaxVarintLen64
	// MaxPicture is how large the picture of a device is.
	MaxPicture = 16 << 10

	// HashSize is the size of a BLAKE3 hash.
	HashSize = 32

	headerSize = 5
	pingSize   = 8
	idSize     = 16
	maxAddrs   = 4 << 10
	maxName    = 4 << 10
	maxSmall   = 64 // File and Fault: two numbers, or a number and a code
)

var types = map[Type]struct {
	name     string
	min, max int
}{
	TypeHello:   {"Hello", 2, MaxControl},
	TypeError:   {"Error", 2, MaxControl},
	TypePing:    {"Ping", pingSize, pingSize},
	TypePong:    {"Pong", pingSize, pingSize},
	TypeBye:     {"Bye", 0, 0},
	TypeWake:    {"Wake", idSize, idSize},
	TypeCancel:  {"Cancel", idSize, idSize + maxCode},
	TypeCall:    {"Call", idSize, idSize},
	TypeAddrs:   {"Addrs", 2, maxAddrs},
	TypeCheck:   {"Check", 0, 0},
	TypeChecked: {"Checked", 2, maxAddrs},
	TypeVerify:  {"Verify", CommitmentSize, CommitmentSize},
	TypeNonce:   {"Nonce", CommitmentSize + NonceSize, CommitmentSize + NonceSize},
	TypeVerdict: {"Verdict", CommitmentSize + 1, CommitmentSize + 1},
	TypeName:    {"Name", 2, maxName},
	TypePicture: {"Picture", 0, MaxPicture},
	TypeStatus:  {"Status", 2, MaxData},
	TypeOffer:   {"Offer", 2, MaxControl},
	TypeEntries: {"Entries", 1, MaxPage},
	TypeAnswer:  {"Answer", 2, MaxControl},
	TypeHave:    {"Have", 1, MaxPage},
	TypeJoin:    {"Join", 2, MaxControl},
	TypeFile:    {"File", 2, maxSmall},
	TypeData:    {"Data", 1, MaxData},
	TypeSum:     {"Sum", HashSize, HashSize},
	TypeFault:   {"Fault", 2, maxSmall},
	TypeDone:    {"Done", 2, MaxControl},
	TypeReceipt: {"Receipt", 2, MaxControl},
	TypeHole:    {"Hole", 1, maxSmall},
	TypePart:    {"Part", 2, MaxPart},
}

// String returns the name of t, as PROTOCOL.md calls it.
func (t Type) String() string {
	if info, ok := types[t]; ok {
		return info.name
	}
	return fmt.Sprintf("Type(%#02x)", uint8(t))
}

func (t Type) check(size int) error {
	info, ok := types[t]
	if !ok {
		return fmt.Errorf("%w: unknown frame type %#02x", fault.Protocol, uint8(t))
	}
	if size < info.min || size > info.max {
		return fmt.Errorf("%w: %v frame of %d bytes, want %d to %d", fault.Protocol, t, size, info.min, info.max)
	}
	return nil
}

// A Reader reads frames. After Next, the body is read through Read or Bytes;
// what is left of it is skipped by the following Next.
type Reader struct {
	r    io.Reader
	left int // bytes of the current body not read yet
	buf  []byte
	head [headerSize]byte
}

// NewReader returns a Reader on r, which should be buffered.
func NewReader(r io.Reader) *Reader { return &Reader{r: r} }

// Next reads the header of the next frame: its type and the size of its body
// in bytes. It returns io.EOF if the stream ended between two frames, and
// io.ErrUnexpectedEOF if it ended inside one.
func (r *Reader) Next() (Type, int, error) {
	if r.left > 0 {
		if _, err := io.CopyN(io.Discard, r, int64(r.left)); err != nil {
			return 0, 0, unexpected(err)
		}
	}
	if _, err := io.ReadFull(r.r, r.head[:]); err != nil {
		return 0, 0, err
	}
	t := Type(r.head[4])
	size := binary.BigEndian.Uint32(r.head[:4])
	if size > MaxData { // before it becomes an int, which may have 32 bits
		return 0, 0, fmt.Errorf("%w: frame of %d bytes", fault.Protocol, size)
	}
	if err := t.check(int(size)); err != nil {
		return 0, 0, err
	}
	r.left = int(size)
	return t, r.left, nil
}

// Read reads from the body of the current frame. At its end it returns io.EOF.
func (r *Reader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if len(p) > r.left {
		p = p[:r.left]
	}
	n, err := r.r.Read(p)
	r.left -= n
	if r.left > 0 {
		err = unexpected(err)
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// Bytes reads the rest of the body. The slice is valid until the next call of
// Bytes.
func (r *Reader) Bytes() ([]byte, error) {
	if cap(r.buf) < r.left {
		r.buf = make([]byte, r.left)
	}
	r.buf = r.buf[:r.left]
	if _, err := io.ReadFull(r, r.buf); err != nil {
		return nil, unexpected(err)
	}
	return r.buf, nil
}

// PartNumber reads the number at the beginning of the body of a Part. Its piece, of size
// bytes, 1 to [MaxPiece], is what is left of the body.
func (r *Reader) PartNumber() (number uint64, size int, err error) {
	var b [binary.MaxVarintLen64]byte
	for i := range b {
		_, err := io.ReadFull(r, b[i:i+1])
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, 0, err
		}
		if b[i] < 0x80 {
			number, n := binary.Uvarint(b[:i+1])
			if n <= 0 || r.left == 0 || r.left > MaxPiece {
				break
			}
			return number, r.left, nil
		}
	}
	return 0, 0, fmt.Errorf("%w: not a number and a piece in a Part", fault.Protocol)
}

// AppendPartNumber appends what a piece in the body of a Part follows.
func AppendPartNumber(b []byte, number uint64) []byte { return binary.AppendUvarint(b, number) }

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// WriteFrame writes one frame, whose body is the parts one after the other. w should
// be buffered. A body that the limits forbid is an error and writes nothing.
func WriteFrame(w io.Writer, t Type, parts ...[]byte) error {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if err := t.check(size); err != nil {
		return err
	}
	var head [headerSize]byte
	binary.BigEndian.PutUint32(head[:4], uint32(size))
	head[4] = byte(t)
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}
