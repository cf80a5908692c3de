package identity

import (
	"strings"
	"testing"
)

// FuzzParsePeerID: each ID has one spelling, but for the case of its letters.
func FuzzParsePeerID(f *testing.F) {
	f.Add(PeerID{1, 2, 3}.String())
	f.Add(strings.Repeat("a", textLen))
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ParsePeerID(s); err == nil && id.String() != strings.ToLower(s) {
			t.Errorf("%q is %v", s, id)
		}
	})
}

// FuzzKey: whatever is in the key file, there is an identity that can sign, or an error.
func FuzzKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := parseKey(data)
		if err != nil {
			return
		}
		if _, err := fromKey(key); err != nil {
			t.Error(err)
		}
	})
}
