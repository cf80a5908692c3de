package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// KeyLabel is the label with which the key is exported from the TLS session (RFC 8446, 7.5),
// without a context, and KeySize its length in bytes.
const (
	KeyLabel = "EXPORTER-ferry-verify"
	KeySize  = 32
)

// What the two uses of the key begin with. Neither is a prefix of the other, and all that follows has
// a fixed size.
const (
	commitLabel = "ferry verify commit\x00"
	codeLabel   = "ferry verify code\x00"
)

// Parties are the two sides of a comparison, and the session between them.
type Parties struct {
	Key        [KeySize]byte // exported from the TLS session
	Self, Peer identity.PeerID
}

// A Code is what both screens show.
type Code struct {
	Digits   string // six
	Pictures [4]Picture
}

// commit binds the initiator to its nonce.
func commit(key [KeySize]byte, initiator, responder identity.PeerID, n wire.Nonce) wire.Commitment {
	return wire.Commitment(derive(key, commitLabel, initiator[:], responder[:], n[:]))
}

// codeOf is the code of two nonces.
func codeOf(key [KeySize]byte, initiator, responder identity.PeerID, ni, nr wire.Nonce) Code {
	out := derive(key, codeLabel, initiator[:], responder[:], ni[:], nr[:])
	// 64 bits: one code of a million is as likely as any other, but for 2^-44.
	c := Code{Digits: fmt.Sprintf("%06d", binary.BigEndian.Uint64(out[:8])%1_000_000)}
	for i := range c.Pictures {
		c.Pictures[i] = pictures[out[8+i]%byte(len(pictures))]
	}
	return c
}

// derive is HMAC-SHA-256 (RFC 2104) under the session's key.
func derive(key [KeySize]byte, label string, parts ...[]byte) [sha256.Size]byte {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
