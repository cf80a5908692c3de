package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"ferry/netcore"
)

// All that is said to people about errors is said in this file, in plain
// sentences; what is said about transfers is in lines.go. What Go and the system
// say behind them is in the log at debug level.

// A plainError has its own words.
type plainError struct {
	words string // a whole sentence, safe to print
	cause error
}

func (e *plainError) Error() string { return e.words }
func (e *plainError) Unwrap() error { return e.cause }

// reasons has words for the kinds of error, as the end of a sentence that
// names what failed: seen from this side, and if the other side said it.
var reasons = []struct {
	kind        error
	here, there string // there is empty if it is the same
	advice      string // what can be done about it, in case of an end; may be empty
}{
	{netcore.ErrDeclined, "it was declined", "", ""},
	{netcore.ErrCancelled, "it was cancelled here", "it was cancelled on the other side", ""},
	{netcore.ErrPaused, "it is paused here", "it is paused on the other device", ""},
	{netcore.ErrPeerID, "another device than the one that was meant answers at its address", "", ""},
	{netcore.ErrOffline, "the other device cannot be reached", "", "is Ferry running there, and is it on the same network?"},
	{netcore.ErrLost, "the connection was lost", "", ""},
	{netcore.ErrUntrusted, "this device is not trusted there, nothing is taken from it", "", ""},
	{netcore.ErrVersion, "the two versions of Ferry do not fit together", "", "update the older one"},
	{netcore.ErrProtocol, "the other device sent something that makes no sense", "the other device could not make sense of what this one sent", ""},
	{netcore.ErrBusy, "there are too many requests at once", "the other device has too many requests at once", "try again later"},
	{netcore.ErrTimeout, "the other device did not answer in time", "", ""},
	{netcore.ErrNoSpace, "there is not enough free space on this disk", "there is not enough free space on the other device", ""},
	{netcore.ErrCorrupt, "what arrived is not what was sent", "", "send it again"},
	{netcore.ErrChanged, "it changed while it was being sent", "", "send it again"},
	{netcore.ErrUnread, "it cannot be read", "the sender cannot read it", ""},
	{netcore.ErrUnwritten, "it cannot be written", "the receiver cannot write it", ""},
	{netcore.ErrBadName, "its name cannot be used here", "its name cannot be used on the other device", ""},
	{netcore.ErrSkipped, "it is a special file, or a link to what is not sent, and was left out", "", ""},
	{netcore.ErrTooLarge, "these are too many files for one transfer", "", "send fewer at once"},
	{netcore.ErrShutdown, "Ferry was closed here; sending it again goes on where it ended", "Ferry was closed on the other device", ""},
}

const internalWords = "something went wrong inside Ferry; run it again with --log debug to learn more"

// reason returns the end of a sentence that tells why something failed in a
// transfer that goes in direction, and what can be done about it. remote is
// whether the other side said it.
func reason(err error, remote bool, direction netcore.Direction) string {
	text, advice := reasonAndAdvice(err, remote, direction)
	if advice != "" {
		text += "; " + advice
	}
	return text
}

// transferReason is the reason that t has an error. One that goes on by itself
// needs no advice.
func transferReason(t netcore.Transfer) string {
	if t.State == netcore.Paused {
		text, _ := reasonAndAdvice(t.Err, t.Err.Remote, t.Direction)
		return text
	}
	return reason(t.Err, t.Err.Remote, t.Direction)
}

func reasonAndAdvice(err error, remote bool, direction netcore.Direction) (text, advice string) {
	for _, r := range reasons {
		if !errors.Is(err, r.kind) {
			continue
		}
		text = r.here
		if remote && r.there != "" {
			text = r.there
		}
		// Only the receiver's disk can be too full, whoever tells of it.
		if r.kind == netcore.ErrNoSpace && direction == netcore.Outgoing {
			text = r.there
		}
		return text + systemReason(err), r.advice
	}
	return internalWords, ""
}

// systemReason returns what the operating system said, in brackets, if it is behind
// err.
func systemReason(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return ""
	}
	return " (" + errno.Error() + ")"
}

// explain returns the sentences to print for an error that ends the
// command; empty if there is nothing to say.
func (p *program) explain(err error) string {
	var (
		usage  *usageError
		plain  *plainError
		peer   *peerError
		ended  transferError
		signal interrupted
	)
	switch {
	case err == nil, errors.As(err, &ended), errors.As(err, &signal):
		return ""
	case errors.As(err, &usage):
		return usageText(usage)
	case errors.As(err, &plain):
		return plain.words
	case errors.As(err, &peer):
		return peer.words
	}
	return errorText(err)
}

func usageText(e *usageError) string {
	if e.command == "" {
		return e.text + "\nferry-cli help tells more."
	}
	return e.text + "\nferry-cli help " + e.command + " tells more."
}

// errorText puts an error of netcore or of the system into a sentence.
func errorText(err error) string {
	var (
		listen *net.OpError
		path   *fs.PathError
		link   *os.LinkError
		call   *os.SyscallError
	)
	remote := false
	if e := new(netcore.Error); errors.As(err, &e) {
		remote = e.Remote
	}
	switch text := reason(err, remote, netcore.Outgoing); {
	case text != internalWords:
		return sentence(text)
	case errors.As(err, &listen) && listen.Op == "listen":
		return fmt.Sprintf("Cannot listen on %v: %s.", listen.Addr, systemWords(err))
	case errors.As(err, &path):
		return visible(path.Path) + ": " + systemWords(err) + "."
	case errors.As(err, &link):
		return visible(link.New) + ": " + systemWords(err) + "."
	case errors.As(err, &call):
		return sentence(systemWords(err))
	}
	return sentence(internalWords)
}

// systemWords returns what the operating system said, or that it refused.
func systemWords(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return "the system refused it"
}

func sentence(text string) string {
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// troubleText says what of the settings was not understood.
func troubleText(e *netcore.SettingsError) string {
	text := "The settings in " + visible(e.Path) + " are damaged; what can be read of them is used."
	if e.Err == nil {
		text = "Not understood in " + visible(e.Path) + ", and not used: " + strings.Join(e.Keys, ", ") + "."
	}
	if e.Hides {
		text += " Who can see this device is not known: nobody can until that is mended."
	}
	return text
}

func openedText(o nodeOpened) string {
	return fmt.Sprintf("%s (%s) listens on %s; files go to %s", visible(o.self.Name), o.self.ID.Short(), o.listen, visible(o.inbox))
}

func warningText(w netcore.Warning) string {
	switch w.Kind {
	case netcore.WarnPort:
		return "The usual port is taken; another one is used."
	case netcore.WarnDiscovery:
		return "No network to look for peers on. They can be reached by their address; looking goes on."
	case netcore.WarnKeyFile:
		return "The identity file could be read by others; it has been closed to them."
	case netcore.WarnStore:
		return "What happens cannot be written down: transfers go on, but would be forgotten if this ended now. Is the disk full?"
	case netcore.WarnClone:
		return "Another computer has the same identity as this one: was its disk copied? Close Ferry on one of the two, and run: ferry-cli id --new"
	case netcore.WarnVerify:
		return "Comparing codes came to nothing: the other person stopped, or saw a different code. That device is not verified."
	case netcore.WarnSettings:
		if trouble := new(netcore.SettingsError); errors.As(w.Err, &trouble) {
			return troubleText(trouble)
		}
	}
	return errorText(w.Err)
}

// entryOf returns the entry that an error is about; empty if it is about none.
func entryOf(err error) string {
	for e := new(netcore.Error); errors.As(err, &e); err = e.Err {
		if e.Path != "" {
			return e.Path
		}
	}
	return ""
}
