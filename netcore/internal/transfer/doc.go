// Package transfer moves one offer from a sender to a receiver, as
// netcore/PROTOCOL.md specifies it: offer, answer, have, data, receipt.
//
// A sender lists what was picked with [Scan] or [ScanPicks], and calls [Send]. The list
// outlives the program by [Source.Save] and [Load]; [Source.Revise] brings it up to
// date. A receiver calls [Open] for what a connection begins with, reads the list
// with [Opening.ReadList], and then [Incoming.Wait], and one of [Incoming.Receive],
// [Incoming.Refuse] and [Incoming.Confirm].
//
// Send and Receive each run on their caller's goroutine until the transfer has
// ended and its connection is closed, and leave no goroutine behind. They end
// early when their context does, tell the other side the cause, and keep what
// has arrived so far as partials. A full disk ends Receive in the same way, at once:
// nothing counts as failed for want of room.
//
// What is promised: Send returns without an error only after the receiver's
// receipt says that every file, but for those listed as failed, is whole,
// verified, under its final name and on disk. Receive reads no byte of content
// before the decision, and writes nothing that is not in the manifest. What fails
// alone is listed at both ends, and the rest goes on.
//
// Memory does not grow with the size of files, and by less than two bytes for each entry, most of that in the [Ledger] that says
// what has become of it; at a receiver by 24 bytes for each file of which something is there already.
package transfer
