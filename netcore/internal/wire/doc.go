// Package wire is the codec of Ferry's wire format, which netcore/PROTOCOL.md
// specifies: frames, and what is in them.
//
// It knows io.Reader and io.Writer and nothing else: no network, no clock, no
// goroutine, no state of a conversation. Every length is checked against the
// limit of its frame's type before anything is allocated for it, and any
// segmentation of the stream gives the same frames.
//
// An error of this package that wraps [fault.Protocol] means that the other
// side broke the format; the stream is then of no further use.
package wire
