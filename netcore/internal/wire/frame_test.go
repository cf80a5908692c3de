package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"ferry/netcore/internal/fault"
)

// stream is a few frames as they may follow each other.
func stream(t testing.TB) ([]byte, []namedFrame) {
	frames := []namedFrame{
		{TypePing, make([]byte, 8)},
		{TypeBye, nil},
		{TypeData, bytes.Repeat([]byte("x"), MaxData)},
		{TypeData, []byte{1}},
		{TypeSum, make([]byte, HashSize)},
	}
	var b bytes.Buffer
	for _, f := range frames {
		if err := WriteFrame(&b, f.t, f.body); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes(), frames
}

func TestAnySegmentationGivesTheSameFrames(t *testing.T) {
	raw, want := stream(t)
	readers := map[string]func(io.Reader) io.Reader{
		"glued":         func(r io.Reader) io.Reader { return r },
		"one byte":      iotest.OneByteReader,
		"half":          iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
	}
	for name, wrap := range readers {
		t.Run(name, func(t *testing.T) {
			r := NewReader(wrap(bytes.NewReader(raw)))
			for _, f := range want {
				typ, size, err := r.Next()
				if err != nil || typ != f.t || size != len(f.body) {
					t.Fatalf("Next is %v, %d bytes, %v; want %v, %d bytes", typ, size, err, f.t, len(f.body))
				}
				body, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(body, f.body) {
					t.Fatalf("%v: body of %d bytes, %v", typ, len(body), err)
				}
			}
			if _, _, err := r.Next(); err != io.EOF {
				t.Errorf("at the end: %v, want io.EOF", err)
			}
		})
	}
}

func TestNextSkipsWhatIsLeftOfTheBody(t *testing.T) {
	raw, want := stream(t)
	r := NewReader(bytes.NewReader(raw))
	for _, f := range want {
		if typ, _, err := r.Next(); err != nil || typ != f.t {
			t.Fatalf("Next is %v, %v; want %v", typ, err, f.t)
		}
	}
}

func TestBadHeadersAreRefused(t *testing.T) {
	tests := map[string]struct {
		size uint32
		typ  Type
	}{
		"oversized data":    {MaxData + 1, TypeData},
		"oversized control": {MaxControl + 1, TypeHello},
		"oversized page":    {MaxPage + 1, TypeEntries},
		"huge":              {1<<32 - 1, TypeData},
		"empty data":        {0, TypeData},
		"short sum":         {HashSize - 1, TypeSum},
		"bye with a body":   {1, TypeBye},
		"unknown type":      {4, 0x7f},
		"type zero":         {0, 0},
		"an HTTP request":   {binary.BigEndian.Uint32([]byte("GET ")), Type('/')},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			head := append(binary.BigEndian.AppendUint32(nil, tt.size), byte(tt.typ))
			// Nothing behind the header may be read, or allocated for.
			r := NewReader(io.MultiReader(bytes.NewReader(head), iotest.ErrReader(errors.New("read on"))))
			if _, _, err := r.Next(); !errors.Is(err, fault.Protocol) {
				t.Errorf("Next: %v, want a protocol error", err)
			}
		})
	}
}

func TestTruncatedStream(t *testing.T) {
	raw, _ := stream(t)
	for _, n := range []int{1, 4, 5, 12} {
		r := NewReader(bytes.NewReader(raw[:n]))
		_, _, err := r.Next()
		if err == nil {
			_, err = r.Bytes()
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("stream cut after %d bytes: %v, want io.ErrUnexpectedEOF", n, err)
		}
	}
}

func TestWriteFrameKeepsTheLimits(t *testing.T) {
	var b bytes.Buffer
	if err := WriteFrame(&b, TypeData, make([]byte, MaxData), []byte{1}); err == nil || b.Len() > 0 {
		t.Errorf("an oversized frame: %v, %d bytes written", err, b.Len())
	}
}

func TestPartNumber(t *testing.T) {
	tests := map[string]struct {
		body   []byte
		number uint64
		size   int // 0: an error
	}{
		"the first":      {[]byte{0, 'x'}, 0, 1},
		"a large number": {append(AppendPartNumber(nil, 1<<64-1), "piece"...), 1<<64 - 1, 5},
		"the most":       {append(AppendPartNumber(nil, 1<<63), make([]byte, MaxPiece)...), 1 << 63, MaxPiece},
		"too much":       {append([]byte{0}, make([]byte, MaxPiece+1)...), 0, 0},
		"no piece":       {[]byte{0x80, 1}, 0, 0},
		"no number":      {bytes.Repeat([]byte{0x80}, 5), 0, 0},
		"not a number":   {append(bytes.Repeat([]byte{0xff}, 10), 'x'), 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := errors.Join(WriteFrame(&b, TypePart, tt.body), WriteFrame(&b, TypeBye)); err != nil {
				t.Fatal(err)
			}
			r := NewReader(&b)
			if _, _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
			number, size, err := r.PartNumber()
			if tt.size == 0 {
				if !errors.Is(err, fault.Protocol) {
					t.Errorf("%d, %d bytes, %v; want a protocol error", number, size, err)
				}
				return
			}
			piece, rerr := io.ReadAll(r)
			if number != tt.number || size != tt.size || len(piece) != tt.size || errors.Join(err, rerr) != nil {
				t.Errorf("%d, %d bytes (%v), of which %d come (%v)", number, size, err, len(piece), rerr)
			}
		})
	}
}

func TestPartNumberCutOff(t *testing.T) {
	r := NewReader(bytes.NewReader([]byte{0, 0, 0, 3, byte(TypePart), 0x80}))
	if _, _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.PartNumber(); err != io.ErrUnexpectedEOF {
		t.Errorf("a stream that ends within: %v", err)
	}
}

func FuzzReader(f *testing.F) {
	// Small ones: a fuzzer that copies megabytes tries little.
	f.Add([]byte("\x00\x00\x00\x00\x05\x00\x00\x00\x08\x0312345678\x00\x00\x00\x01\x21x"))
	f.Add([]byte("\x00\x00\x00\x02\x02{}"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(bytes.NewReader(data))
		var again bytes.Buffer
		for {
			typ, size, err := r.Next()
			if err != nil {
				break
			}
			body, err := r.Bytes()
			if err != nil {
				break
			}
			if len(body) != size {
				t.Fatalf("body of %d bytes, header says %d", len(body), size)
			}
			if err := WriteFrame(&again, typ, body); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
		if !bytes.HasPrefix(data, again.Bytes()) {
			t.Error("what was read is written otherwise")
		}
	})
}

func TestCleanName(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Anna's laptop", "Anna's laptop"},
		{"  two \t\n lines ", "two lines"},
		{"\x1b[31mred", "[31mred"},
		{"abc\u202etxt.exe", "abctxt.exe"},
		{"bad\xffbytes", "bad\uFFFDbytes"},
		{"👩\u200d👧", "👩\u200d👧"},
		{strings.Repeat("名", 1000), strings.Repeat("名", MaxName)},
		{"\x00\x01", ""},
	}
	for _, tt := range tests {
		if got := CleanName(tt.in); got != tt.want {
			t.Errorf("CleanName(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
