// Package inbox is the only code in Ferry that writes received bytes to disk.
//
// What it promises, whatever a peer sends and whenever the program is killed:
//
//   - Nothing is written outside the inbox folder. Every path passes
//     [CheckPath], and every access goes through [os.Root].
//   - Nothing that exists is overwritten or changed. A file whose name is taken
//     gets the next free one, "report (1).pdf", unless the file that has it
//     has the same content, which is used then; a folder is merged into a real
//     folder of its name and into nothing else.
//   - No two entries of a delivery become one, not even where the filesystem
//     takes their names for the same. That holds for the first 131072 of those
//     whose names allow it; where files have no lasting numbers, as on FAT, names
//     count as the same if they differ in case or normalisation only.
//   - A file appears under its final name when it is whole, verified by the
//     caller and synced, and never before.
//   - A symbolic link leads no further up than to the top-level folder that it
//     came in, and nothing is written through it.
//   - What a transfer has brought can be taken back, as long as nobody has
//     changed it and no other transfer counts on it, and nothing else goes with it.
//
// Until a file is whole it is a partial: a file in a staging folder inside the inbox,
// named after what it is to become, so that any later attempt of the same peer
// to send the same file finds it and can go on from there. A small file is in
// memory for that time; and a tiny one has no name at all until it gets its final one, where
// the system can do that: at most 8 MiB of those are gone if the program is killed. Beside the partials lie the journals of transfers, which
// say what [Inbox.Undo] has to take back.
//
// A received file carries the system's mark for what came over the network; see marks.
//
// Names are in NFC, whatever the sender has, and as the filesystem can hold them.
//
// # Use
//
// An [Inbox] is one open folder and may be used from any goroutine. A
// [Delivery] is what one peer brings in one attempt of a transfer; it and its
// partials belong to one goroutine at a time. It has goroutines of its own while files
// are on their way to their names, and none after [Delivery.Close]. For each
// [Delivery.Folder] and [Delivery.Link], call that. For each file: [Delivery.Lookup]
// what is there; then either [Delivery.Use] it, or [Delivery.Create] a partial, write
// it, and [Partial.Finish] it. [Delivery.Commit] is the moment from which on
// everything that was finished is there to stay. After the last attempt, either
// [Inbox.Settle] or [Inbox.Undo] the transfer.
//
// Several processes may have the same inbox open. A partial is locked while
// one of them writes it; the other one gets a partial of its own. A journal is
// locked as well: a transfer is taken in by one process at a time. What one of them finds while another one undoes a
// transfer counts as there when that has ended.
//
// # Trust
//
// The peer is not trusted with anything, paths and sizes least; nor is a journal. Programs of the
// same user are: symbolic links, hard links and other things that they leave in
// the inbox are never written through, but a program that renames folders in the
// very moment of a commit can make a file land in the folder that it moved away.
//
// [Look] tells beforehand what entries would meet, and changes nothing.
//
// Errors wrap a kind of package fault, and the cause.
package inbox
