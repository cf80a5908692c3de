package verify

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ferry/netcore/internal/wire"
)

// example is what PROTOCOL.md, 5.4, has in bytes.
func example() (i, r Parties, ni, nr wire.Nonce) {
	for n := range i.Key {
		i.Key[n] = byte(n)
		i.Self[n], i.Peer[n], ni[n], nr[n] = 0x11, 0x22, 0x33, 0x44
	}
	return i, Parties{i.Key, i.Peer, i.Self}, ni, nr
}

// TestProtocolExample holds the specification and the code together.
func TestProtocolExample(t *testing.T) {
	spec, err := os.ReadFile("../../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	i, r, ni, nr := example()
	c := commit(i.Key, i.Self, i.Peer, ni)
	code := codeOf(r.Key, r.Peer, r.Self, ni, nr)
	want := fmt.Sprintf("commit    %x\ndigits    %s\npictures ", c, code.Digits)
	for _, p := range code.Pictures {
		want += fmt.Sprintf(" %s %s", p.Emoji, p.Name)
	}
	if !strings.Contains(string(spec), want) {
		t.Errorf("PROTOCOL.md does not have\n%s", want)
	}
	for n, p := range Pictures() {
		if line := fmt.Sprintf("%2d %s %s", n, p.Emoji, p.Name); !strings.Contains(string(spec), line) {
			t.Errorf("PROTOCOL.md does not have picture %q", line)
		}
	}
}
