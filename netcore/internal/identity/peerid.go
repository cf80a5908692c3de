package identity

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// A PeerID names a node: the SHA-256 of its certificate's public key in the
// form of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). It is a value: comparable, usable as a
// map key, and the same for as long as the node keeps its key. The zero
// PeerID names nobody.
type PeerID [sha256.Size]byte

// Text form: RFC 4648 base32 in lower case without padding; 52 characters
// that survive being read aloud, typed, and used as a DNS label.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const (
	textLen  = 52
	shortLen = 16
)

var errPeerID = errors.New("not a peer ID: 52 characters of a-z and 2-7 are expected")

// ParsePeerID reads the text form of a PeerID; upper case is accepted.
func ParsePeerID(s string) (PeerID, error) {
	var id PeerID
	return id, id.UnmarshalText([]byte(s))
}

func peerIDOf(cert *x509.Certificate) PeerID {
	return sha256.Sum256(cert.RawSubjectPublicKeyInfo)
}

// String returns the 52 characters of the text form.
func (id PeerID) String() string { return encoding.EncodeToString(id[:]) }

// Short returns the first 16 characters (80 bits) of the text form: enough
// to tell peers apart on a screen or in a log, too little to prove anything.
func (id PeerID) Short() string { return id.String()[:shortLen] }

// IsZero reports whether id names nobody.
func (id PeerID) IsZero() bool { return id == PeerID{} }

// LogValue implements [slog.LogValuer] with the short form.
func (id PeerID) LogValue() slog.Value { return slog.StringValue(id.Short()) }

// MarshalText implements [encoding.TextMarshaler].
func (id PeerID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It accepts one
// spelling of each ID only, but for the case of its letters.
func (id *PeerID) UnmarshalText(text []byte) error {
	if len(text) != textLen {
		return errPeerID
	}
	lower := strings.ToLower(string(text))
	raw, err := encoding.DecodeString(lower)
	if err != nil {
		return fmt.Errorf("%w (%v)", errPeerID, err)
	}
	// 52 characters hold 260 bits; the 4 beyond the hash must be zero.
	if encoding.EncodeToString(raw) != lower {
		return errPeerID
	}
	copy(id[:], raw)
	return nil
}
