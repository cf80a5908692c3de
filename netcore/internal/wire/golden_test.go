package wire

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zeebo/blake3"
)

// exchange writes the frames of PROTOCOL.md, "One exchange in bytes".
func exchange(t *testing.T) []namedFrame {
	t.Helper()
	var page Page
	page.Add(Entry{Path: "a.txt", Size: 2, ModTime: time.Unix(1_700_000_000, 0)})
	sum := blake3.Sum256([]byte("hi"))
	root := blake3.Sum256(append(make([]byte, 8), sum[:]...))
	var have HavePage
	return []namedFrame{
		control(t, TypeOffer, Offer{ID: "000102030405060708090a0b0c0d0e0f", Files: 1, Bytes: 2}),
		{TypeEntries, page.Body()},
		control(t, TypeAnswer, Answer{Accept: true}),
		{TypeHave, have.Body(1)},
		{TypeFile, AppendFile(nil, 0, 0)},
		{TypeData, []byte("hi")},
		{TypeSum, sum[:]},
		control(t, TypeDone, Done{Files: 1, Bytes: 2, Root: root[:]}),
		control(t, TypeReceipt, Receipt{Files: 1, Bytes: 2, Root: root[:]}),
	}
}

type namedFrame struct {
	t    Type
	body []byte
}

func control(t *testing.T, typ Type, v any) namedFrame {
	t.Helper()
	body, err := Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return namedFrame{typ, body}
}

// TestProtocolExample holds the specification and the codec together: the
// bytes printed in PROTOCOL.md are those that the codec writes and reads.
func TestProtocolExample(t *testing.T) {
	spec, err := os.ReadFile("../../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	var all bytes.Buffer
	for _, f := range exchange(t) {
		var one bytes.Buffer
		if err := WriteFrame(&one, f.t, f.body); err != nil {
			t.Fatal(err)
		}
		all.Write(one.Bytes())
		fmt.Fprintf(&want, "%v\n", f.t)
		for line := one.Bytes(); len(line) > 0; line = line[min(24, len(line)):] {
			fmt.Fprintf(&want, "  % x\n", line[:min(24, len(line))])
		}
	}
	if !strings.Contains(string(spec), want.String()) {
		t.Errorf("PROTOCOL.md must have these bytes:\n%s", want.String())
	}
	r := NewReader(&all)
	for _, f := range exchange(t) {
		typ, _, err := r.Next()
		if err != nil || typ != f.t {
			t.Fatalf("read %v (%v), want %v", typ, err, f.t)
		}
		body, err := r.Bytes()
		if err != nil || !bytes.Equal(body, f.body) {
			t.Fatalf("%v: body %s (%v), want %s", f.t, hex.EncodeToString(body), err, hex.EncodeToString(f.body))
		}
	}
}
