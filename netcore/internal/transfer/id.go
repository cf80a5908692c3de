package transfer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// An ID names a transfer at both ends: 128 random bits, chosen by the sender.
type ID [16]byte

// NewID returns a fresh ID.
func NewID() ID {
	var id ID
	rand.Read(id[:]) // never fails (crypto/rand, since Go 1.24)
	return id
}

// String returns 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements [encoding.TextMarshaler].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(id)) {
		return errors.New("a transfer ID has 32 hexadecimal digits")
	}
	_, err := hex.Decode(id[:], text)
	return err
}
