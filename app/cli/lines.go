package main

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"ferry/netcore"
)

// The lines that tell what became of a transfer.

// leastTook is the time below which a speed says nothing.
const leastTook = 100 * time.Millisecond

// doneText is the line for a transfer that ended well.
func doneText(t netcore.Transfer, took time.Duration) string {
	text := fmt.Sprintf("Sent %s to %s", label(t), visible(t.Peer.Name))
	if t.Direction == netcore.Incoming {
		text = fmt.Sprintf("Received %s from %s in %s", label(t), visible(t.Peer.Name), visible(t.Dir))
	}
	text += ": " + contentText(t.DoneFiles, t.Folders, t.Links, t.DoneBytes)
	if moved := t.DoneBytes - t.Found; moved > 0 && took >= leastTook {
		text += fmt.Sprintf(" in %s (%s)", durationText(took), rateText(float64(moved)/took.Seconds()))
	}
	text += foundText(t)
	if t.Unwanted > 0 {
		text += ", without " + countText(t.Unwanted, "file", "files") + " that " + wantedBy(t) + " did not want"
	}
	if t.ChangedCount > 0 {
		text += ", " + changedText(t)
	}
	if t.FailedCount > 0 {
		text += ", but " + countText(t.FailedCount, "entry", "entries") + " failed"
	}
	if t.Receipt != nil && len(t.Receipt.Root) > 0 {
		text += "; receipt " + shortRoot(t.Receipt)
	}
	return text
}

// wantedBy is who decided what is wanted.
func wantedBy(t netcore.Transfer) string {
	if t.Direction == netcore.Incoming {
		return "this side"
	}
	return visible(t.Peer.Name)
}

// foundText says what of a finished transfer did not have to be moved: bytes, be they
// of whole files or of beginnings.
func foundText(t netcore.Transfer) string {
	if t.Found == 0 {
		return ""
	}
	text := ", of which " + bytesText(t.Found) + " were there already"
	if t.FoundFiles > 0 {
		text += " (with " + countText(t.FoundFiles, "whole file", "whole files") + ")"
	}
	return text
}

// changedText says how many files are not as they were offered.
func changedText(t netcore.Transfer) string {
	if t.ChangedCount == 1 {
		return "1 file changed since it was offered and is sent anew"
	}
	return fmt.Sprintf("%d files changed since they were offered and are sent anew", t.ChangedCount)
}

// shortRoot is the beginning of what a receipt confirms: enough to compare two
// by eye.
func shortRoot(r *netcore.Receipt) string { return hex.EncodeToString(r.Root[:min(len(r.Root), 8)]) }

// missingText is the line for a transfer of which the receiver has most already.
func missingText(t netcore.Transfer) string {
	verb := "sending"
	if t.Direction == netcore.Incoming {
		verb = "receiving"
	}
	return fmt.Sprintf("%s: %d of %s already there, %s %d", routeText(t), t.FoundFiles, countText(t.Files, "file", "files"), verb, t.Files-t.FoundFiles)
}

// failedText is the line for an entry that did not arrive: where it is, if it is
// here, else how the sender calls it.
func failedText(e netcore.EntryError, direction netcore.Direction) string {
	return visible(cmp.Or(e.Local, e.Path)) + ": " + reason(e.Err, e.Remote, direction)
}

// renamedText is the line for an entry that has another name here. A name that
// is no text is shown with its bytes.
func renamedText(r netcore.Rename) string {
	return visible(cmp.Or(r.Original, r.Path)) + " is here as " + visible(r.Local)
}

// notDoneText is the line for a transfer that did not end well.
func notDoneText(t netcore.Transfer) string {
	what := "Not sent: " + routeText(t) + ": "
	if t.Direction == netcore.Incoming {
		what = "Not received: " + routeText(t) + ": "
	}
	switch {
	case t.State == netcore.Declined && t.Err == nil:
		return what + "it was declined"
	case t.State == netcore.Cancelled && t.Err == nil:
		return what + "it was cancelled"
	case t.Err == nil:
		return what + internalWords
	}
	if path := entryOf(t.Err); path != "" && len(t.FailedEntries) == 0 { // else they are listed
		what += visible(path) + ": "
	}
	return what + transferReason(t)
}

// pausedText is the line for a transfer that is interrupted.
func pausedText(t netcore.Transfer) string {
	text := "Interrupted: " + routeText(t)
	if t.Err != nil {
		text += ": " + transferReason(t)
	}
	return text + "; " + goesOnText(t)
}

// goesOnText says when a paused transfer goes on.
func goesOnText(t netcore.Transfer) string {
	switch {
	case t.Err == nil:
	case errors.Is(t.Err, netcore.ErrPaused) && t.Err.Remote:
		return "it goes on when somebody there lets it"
	case errors.Is(t.Err, netcore.ErrPaused):
		return "it goes on when somebody here lets it"
	case errors.Is(t.Err, netcore.ErrNoSpace):
		return "it goes on by itself when there is room"
	}
	return "it goes on by itself"
}

// awaitedText says in a few words what a paused transfer waits for.
func awaitedText(t netcore.Transfer) string {
	switch {
	case t.Err == nil:
	case errors.Is(t.Err, netcore.ErrPaused) && t.Err.Remote:
		return "paused by " + visible(t.Peer.Name)
	case errors.Is(t.Err, netcore.ErrPaused):
		return "paused"
	case errors.Is(t.Err, netcore.ErrNoSpace) && t.Direction == netcore.Outgoing:
		return visible(t.Peer.Name) + "'s disk is full"
	case errors.Is(t.Err, netcore.ErrNoSpace):
		return "the disk is full"
	}
	return "waiting for " + visible(t.Peer.Name)
}

// leftoverText is the line for a transfer that an earlier run did not finish.
func leftoverText(t netcore.Transfer) string {
	return "Unfinished from before: " + routeText(t) + "; " + goesOnText(t)
}

// unfinishedText is the line for a transfer that this run does not finish.
func unfinishedText(t netcore.Transfer) string {
	if t.Direction == netcore.Incoming {
		return "Unfinished: " + routeText(t) + "; it goes on when this device receives again"
	}
	return "Unfinished: " + routeText(t) + "; the same command goes on with it"
}

// resumedText is the line for a transfer that goes on after an interruption.
func resumedText(t netcore.Transfer) string { return "Going on: " + routeText(t) }

// routeText names what a transfer moves, and the other side.
func routeText(t netcore.Transfer) string {
	if t.Direction == netcore.Incoming {
		return label(t) + " from " + visible(t.Peer.Name)
	}
	return label(t) + " to " + visible(t.Peer.Name)
}
