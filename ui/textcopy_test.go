package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"ferry/netcore"
)

func TestAReceivedTextIsCopied(t *testing.T) {
	for content, copied := range map[string]bool{
		"line\n客厅":                              true,
		"":                                      true,
		"\xff\xfe":                              false,
		strings.Repeat("x", mostCopied+1):       false, // it has grown since it came
		strings.Repeat("x", mostCopied-2) + "é": true,
	} {
		h := newHarness(t)
		h.app.Clipboard().SetContent("before")
		path := filepath.Join(t.TempDir(), "a.TXT")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		h.tell(changed(with(in(netcore.Done, "a.TXT"), func(t *netcore.Transfer) { t.Paths = []string{path} }), 1))
		h.showDetails(h.view.items[0])
		h.key(fyne.KeyReturn)
		h.settled()
		want, says := content, "Copied"
		if !copied {
			want, says = "before", "could not be copied"
		}
		if got := h.app.Clipboard().Content(); got != want || !strings.Contains(h.toasts.words.words(), says) {
			t.Errorf("%d bytes: copied %d, says %q", len(content), len(got), h.toasts.words.words())
		}
	}
}

func TestOnlyShortTextsAreCopied(t *testing.T) {
	short := func(t *netcore.Transfer) { t.Paths = []string{"/in/a.txt"} }
	for what, no := range map[string]netcore.Transfer{
		"sent":      with(out(netcore.Done, "a.txt"), short),
		"long":      with(with(in(netcore.Done, "a.txt"), short), func(t *netcore.Transfer) { t.DoneBytes = mostCopied + 1 }),
		"a folder":  with(with(in(netcore.Done, "a.txt"), short), func(t *netcore.Transfer) { t.Folders = 1 }),
		"not there": with(in(netcore.Failed, "a.txt"), short),
		"a program": with(in(netcore.Done, "a.exe"), func(t *netcore.Transfer) { t.Paths = []string{"/in/a.exe"} }),
	} {
		if mayBeText(no) {
			t.Errorf("%s: offers to copy it", what)
		}
	}
}
