package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// sendKeys are those that send a text.
var sendKeys = &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault}

// write opens the sheet from the menu of a device, and types.
func (h *harness) write(to netcore.Peer, text string) *textSheet {
	h.t.Helper()
	test.Tap(h.card(to).more)
	for _, it := range h.menu.lines {
		if it.label == say(phrase{key: keySendText}) {
			test.Tap(it)
		}
	}
	if h.texting == nil || h.topSheet() != h.texting.sheet {
		h.t.Fatal("the menu does not open the sheet")
	}
	test.Type(h.texting.field, text)
	return h.texting
}

// textSent is the path of the one text that was sent to a peer.
func (h *harness) textSent(to netcore.Peer, text string) string {
	h.t.Helper()
	if len(h.node.sent) != 1 || h.node.sent[0].to != to.ID || len(h.node.sent[0].paths) != 1 {
		h.t.Fatalf("sent %+v", h.node.sent)
	}
	path := h.node.sent[0].paths[0]
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		h.t.Errorf("%d bytes are sent (%v), want %d", len(got), err, len(text))
	}
	return path
}

// left are the files in the folder of texts.
func (h *harness) left() (names []string) {
	h.t.Helper()
	files, err := os.ReadDir(h.texts.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// made is a transfer of texts, as the node tells of it.
func made(state netcore.State, paths ...string) netcore.Transfer {
	return with(out(state, filepath.Base(paths[0])), func(t *netcore.Transfer) { t.Paths = paths })
}

func TestTextFromTheMenuOfADevice(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	x := h.write(bob, "a 客厅")
	h.key(fyne.KeyReturn) // a new line
	test.Type(x.field, "b")
	h.shortcut(sendKeys)
	h.settled()
	path := h.textSent(bob, "a 客厅\nb")
	if name := filepath.Base(path); name != "Text "+noon.Local().Format("2006-01-02 15.04")+".txt" {
		t.Errorf("it is called %q", name)
	}
	for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
	if h.toasts.words.words() != "1 item to Bob" || !h.toasts.undo.Visible() {
		t.Errorf("the toast says %q", h.toasts.words.words())
	}
	h.write(bob, "c")
	test.Tap(h.texting.send)
	h.settled()
	if got := h.left(); len(got) != 2 {
		t.Errorf("two texts of one minute are %q", got)
	}
}

func TestEmptyTextIsNotSent(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	x := h.write(anna, " \n")
	h.shortcut(sendKeys)
	test.Tap(x.send)
	h.settled()
	if len(h.node.sent) != 0 || h.topSheet() != x.sheet {
		t.Error("nothing but space was sent")
	}
}

// What was written is not lost by Esc, nor when it cannot be sent; and it is nobody else's.
func TestWhatWasWrittenIsKept(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	h.write(anna, "long thoughts")
	h.key(fyne.KeyEscape)
	if h.topSheet() != nil {
		t.Fatal("Esc does not close the sheet")
	}
	if got := h.write(bob, "").field.Text; got != "" {
		t.Errorf("Bob would get %q", got)
	}
	h.key(fyne.KeyEscape)
	h.node.refuse = errors.New("no")
	if got := h.write(anna, "").text(); got != "long thoughts" {
		t.Errorf("left is %q", got)
	}
	h.shortcut(sendKeys)
	h.settled()
	if got := h.write(anna, "").text(); got != "long thoughts" || len(h.left()) != 0 {
		t.Errorf("left is %q, and %q", got, h.left())
	}
}

func TestLongText(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	x := h.write(anna, "before")
	h.app.Clipboard().SetContent(strings.Repeat("x", mostText))
	h.shortcut(&fyne.ShortcutPaste{})
	if words := x.hint.words; !strings.Contains(words, "too long") || x.text() != "before" {
		t.Errorf("says %q of %d bytes", words, len(x.text()))
	}
	long := strings.Repeat("客厅\n", 50_000)[:mostText/4]
	h.app.Clipboard().SetContent(long)
	h.shortcut(&fyne.ShortcutPaste{})
	if words := x.hint.words; !strings.Contains(words, "All of it is sent") || len(x.field.Text) > mostShown {
		t.Errorf("says %q; the field has %d bytes", words, len(x.field.Text))
	}
	test.Tap(x.send)
	h.settled()
	h.textSent(anna, "before"+long)
}

func TestPastedTextIsSent(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	real := files(t, "a.txt")[0]
	for _, text := range []string{"some words", real + "\nis where it is", "/no/such/file", "https://example.org"} {
		h.node.sent = nil
		h.app.Clipboard().SetContent(text)
		h.shortcut(&fyne.ShortcutPaste{})
		h.settled()
		if h.asking == nil {
			t.Fatalf("%q: nobody is asked", text)
		}
		test.Tap(h.asking.cards.live[bob.ID])
		h.key(fyne.KeyReturn)
		h.textSent(bob, text)
	}
	before := len(h.left())
	h.shortcut(&fyne.ShortcutPaste{})
	h.settled()
	h.key(fyne.KeyEscape)
	h.settled()
	if len(h.left()) != before {
		t.Errorf("what was not sent is kept: %q", h.left())
	}
	h.app.Clipboard().SetContent(strings.Repeat("x", mostText+1))
	h.shortcut(&fyne.ShortcutPaste{})
	h.settled()
	if words := h.toasts.words.words(); h.asking != nil || !strings.Contains(words, "too long") {
		t.Errorf("of too much it says %q", words)
	}
}

// A text is kept until it has arrived everywhere: others may read it, now or when they are back, or be sent it again.
func TestATextThatArrivedIsRemoved(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	h.write(anna, "secret")
	h.shortcut(sendKeys)
	h.settled()
	path := h.textSent(anna, "secret")
	name := filepath.Base(path)
	past := func(all ...netcore.Transfer) { h.node.past.underway, h.node.past.transfers = nil, all }
	failed := with(made(netcore.Done, path), func(t *netcore.Transfer) { t.FailedCount = 1 })
	for what, needed := range map[string]func(){
		"it waits for Bob":          func() { h.node.past.underway = []netcore.Transfer{out(netcore.Queued, name)} },
		"Bob declined":              func() { past(made(netcore.Declined, path)) },
		"it failed before its turn": func() { past(out(netcore.Failed, name)) },
		"part of it failed":         func() { past(failed) },
		"the history is broken":     func() { past(); h.node.past.broken = errors.New("no") },
	} {
		h.node.past.broken = nil
		past()
		needed()
		h.tell(changed(made(netcore.Done, path), 1))
		h.settled()
		if !slices.Equal(h.left(), []string{name}) {
			t.Fatalf("%s, and left is %q", what, h.left())
		}
	}
	h.node.past.broken = nil
	past(made(netcore.Done, path), in(netcore.Failed, name))
	h.tell(changed(made(netcore.Running, path), 1))
	h.settled()
	if len(h.left()) != 1 {
		t.Fatal("it went while it was being sent")
	}
	h.tell(changed(made(netcore.Done, path), 1))
	h.settled()
	if len(h.left()) != 0 {
		t.Errorf("left is %q", h.left())
	}
	if can := h.view.items[0].can(); can[doOpen] || can[doShow] || can[doRetry] {
		t.Error("the row offers what is not there any more")
	}
}

// Files of the person's are not texts, wherever they come to lie.
func TestOnlyTextsAreRemoved(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.write(anna, "x")
	h.shortcut(sendKeys)
	h.settled()
	text := h.textSent(anna, "x")
	strange := filepath.Join(h.texts.dir, "notes.txt")
	mine := filepath.Join(t.TempDir(), filepath.Base(text))
	for _, p := range []string{strange, mine} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.tell(changed(made(netcore.Done, strange), 1), changed(made(netcore.Done, mine), 2))
	h.now += 2 * textAge
	h.sweepTexts()
	h.settled()
	for _, p := range []string{strange, mine} {
		if _, err := os.Stat(p); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

func TestOldTextsAreSweptAtTheStart(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.settled() // the sweep of this start has ended
	var paths []string
	for _, text := range []string{"waits", "old", "young"} {
		path, err := h.texts.keep("文本 2026-05-20 12.00", text)
		if err != nil {
			t.Fatal(err)
		}
		when := h.clock().Add(-textAge - time.Hour)
		if text == "young" {
			when = h.clock().Add(-textAge + time.Hour)
		}
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Base(path))
	}
	h.node.past.underway = []netcore.Transfer{out(netcore.Queued, paths[0])}
	h.node.past.broken = errors.New("no")
	h.Attach(h.node)
	h.settled()
	if len(h.left()) != 3 {
		t.Fatalf("nobody knows what is needed, and left is %q", h.left())
	}
	h.node.past.broken = nil
	h.Attach(h.node)
	h.settled()
	if got := h.left(); len(got) != 2 || slices.Contains(got, paths[1]) {
		t.Errorf("left is %q", got)
	}
}
