// Package inbox is the only code in Ferry that writes received bytes to disk.
//
// What it promises, whatever a peer sends and whenever the program is killed:
//
//   - Nothing is written outside the inbox folder. Every path passes
//     [CheckPath], and every access goes through [os.Root].
//   - Nothing that exists is overwritten or changed. A file whose name is taken
//     gets the next free one, "report (1).pdf"; a folder is merged into a real
//     folder of its name and into nothing else.
//   - A file appears under its final name when it is whole, verified by the
//     caller and synced, and never before.
//
// Until then it is a partial: a file in a staging folder inside the inbox,
// named after what it is to become, so that any later attempt of the same peer
// to send the same file finds it and can go on from there.
//
// # Use
//
// An [Inbox] is one open folder and may be used from any goroutine. A
// [Delivery] is what one peer brings in one transfer; it and its partials
// belong to one goroutine at a time. For each file: [Delivery.Lookup] what is
// there; then either [Delivery.Use] it, or [Delivery.Create] a partial, write
// it, and [Partial.Finish] it. [Delivery.Commit] is the moment from which on
// everything that was finished is there to stay.
//
// Several processes may have the same inbox open. A partial is locked while
// one of them writes it; the other one gets a partial of its own.
//
// # Trust
//
// The peer is not trusted with anything, paths and sizes least. Programs of the
// same user are: symbolic links, hard links and other things that they leave in
// the inbox are never written through, but a program that renames folders in the
// very moment of a commit can make a file land in the folder that it moved away.
//
// Errors wrap a kind of package fault, and the cause.
package inbox
