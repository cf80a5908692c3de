package wire

import (
	"fmt"
	"slices"

	"ferry/netcore/internal/fault"
)

// Sizes in bytes, in the frames of a comparison of codes.
const (
	CommitmentSize = 32
	NonceSize      = 32
)

// A Commitment binds the side that begins a comparison to its nonce, and names the
// comparison in all of its frames. It is the body of a Verify.
type Commitment [CommitmentSize]byte

// A Nonce is one side's share of a code.
type Nonce [NonceSize]byte

// A Verdict is what a side says last in a comparison of codes.
type Verdict uint8

// The verdicts.
const (
	VerdictStopped   Verdict = 0 // the person, or the program, does not go on with it
	VerdictSame      Verdict = 1
	VerdictDifferent Verdict = 2
	VerdictDeclined  Verdict = 3 // the person who was asked does not want to compare
	VerdictBusy      Verdict = 4 // asked too often, or while another comparison is under way
)

// AppendNonce appends the body of a Nonce.
func AppendNonce(b []byte, c Commitment, n Nonce) []byte { return slices.Concat(b, c[:], n[:]) }

// ReadNonce reads the body of a Nonce.
func ReadNonce(b []byte) (c Commitment, n Nonce, err error) {
	if err := TypeNonce.check(len(b)); err != nil {
		return c, n, err
	}
	return Commitment(b[:CommitmentSize]), Nonce(b[CommitmentSize:]), nil
}

// AppendVerdict appends the body of a Verdict.
func AppendVerdict(b []byte, c Commitment, v Verdict) []byte {
	return append(append(b, c[:]...), byte(v))
}

// ReadVerdict reads the body of a Verdict.
func ReadVerdict(b []byte) (c Commitment, v Verdict, err error) {
	if err := TypeVerdict.check(len(b)); err != nil {
		return c, v, err
	}
	if v = Verdict(b[CommitmentSize]); v > VerdictBusy {
		return c, v, fmt.Errorf("%w: verdict %d", fault.Protocol, v)
	}
	return Commitment(b[:CommitmentSize]), v, nil
}

// ReadVerify reads the body of a Verify.
func ReadVerify(b []byte) (Commitment, error) {
	if err := TypeVerify.check(len(b)); err != nil {
		return Commitment{}, err
	}
	return Commitment(b), nil
}
