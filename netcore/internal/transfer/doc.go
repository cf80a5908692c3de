// Package transfer moves one offer from a sender to a receiver over one
// connection, as netcore/PROTOCOL.md specifies it: offer, answer, have, data,
// receipt.
//
// [Send] and [Receive] each run on their caller's goroutine until the transfer has
// ended and its connection is closed, and leave no goroutine behind. They end
// early when their context does, tell the other side the cause, and keep what
// has arrived so far as partials.
//
// What is promised: Send returns without an error only after the receiver's
// receipt says that every file, but for those listed as failed, is whole,
// verified, under its final name and on disk. Receive reads no byte of content
// before the decision, and writes nothing that is not in the manifest.
//
// Memory does not grow with the size of files, and by a bit for each entry.
package transfer
