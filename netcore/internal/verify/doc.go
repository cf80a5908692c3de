// Package verify is the comparison of codes by which two people make sure that
// nobody sits between their two devices (PROTOCOL.md, 5.4): what is committed to, how the code
// comes about, and in which order the frames may come.
//
// It is pure: no clock, no network, no goroutine. An [Exchange] takes frames and a
// person's decisions and says which frames to send; its caller has to keep them
// in order, to bound how often and how long, and to act on the result.
//
// What it holds: the code depends on both nonces, on both identities with their roles, and on the TLS
// session. The initiator is bound to its nonce before it learns the other one, and the responder's is out
// before the initiator's is revealed; the responder's goes out once, and only after Agree. So whoever sits in the
// middle of two sessions has one guess for each time that a person agrees.
package verify
