package ui

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestKeysOfOtherPrograms(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.picked = []string{"/tmp"}
	h.shortcut(control(fyne.KeyO))
	h.settled()
	if len(h.asks) != 1 || h.asking == nil {
		t.Errorf("Ctrl+O asked %d times", len(h.asks))
	}
	h.shortcut(control(fyne.KeyH)) // a sheet is open
	if h.main.now() != pageTransfers {
		t.Error("Ctrl+H works below a sheet")
	}
	h.key(fyne.KeyEscape)
	h.shortcut(control(fyne.KeyF))
	if h.main.now() != pageHistory || h.win.Canvas().Focused() != fyne.Focusable(h.main.history.search) {
		t.Error("Ctrl+F does not search")
	}
	h.shortcut(settingsKeys) // in a field
	if h.setting == nil || h.topSheet() != h.setting.sheet {
		t.Error("Ctrl+comma does not work in a field")
	}
	h.key(fyne.KeyEscape)
	h.win.Canvas().Unfocus()
	h.key(fyne.KeyEscape)
	if h.main.now() != pageTransfers {
		t.Error("Esc does not go back")
	}
	h.win.Canvas().Focus(h.main.files)
	h.key(fyne.KeyF1) // while a button has the focus
	h.key(fyne.KeyF1)
	if len(h.sheets) != 1 || !strings.Contains(strings.Join(spoken(h.topSheet().panel), " "), "Ctrl+V") {
		t.Errorf("F1 opens %d sheets", len(h.sheets))
	}
}

func TestCopiedFilesAreSent(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	dir := t.TempDir()
	for _, name := range []string{"a b%.txt", "中文.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.app.Clipboard().SetContent("file://" + filepath.ToSlash(dir) + "/a%20b%25.txt\r\n" + filepath.Join(dir, "中文.txt") + "\n/no/such/file\n")
	h.shortcut(&fyne.ShortcutPaste{})
	h.settled()
	if h.asking == nil || !slices.Equal(h.asking.paths, []string{filepath.Join(dir, "a b%.txt"), filepath.Join(dir, "中文.txt")}) {
		t.Fatalf("asks about %+v", h.asking)
	}
	h.key(fyne.KeyEscape)
	h.app.Clipboard().SetContent("file:///no/such/file")
	h.shortcut(&fyne.ShortcutPaste{})
	h.settled()
	if words := h.toasts.words.words(); !strings.Contains(words, "nothing to send in what was copied") {
		t.Errorf("says %q", words)
	}
}

func TestTransfersWithTheKeyboard(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(with(out(netcore.Done, "old"), func(t *netcore.Transfer) { t.Paths = nil }), 1),
		changed(out(netcore.Running, "a"), 2), changed(out(netcore.Running, "b"), 3))
	list := h.main.transfers.list
	h.win.Canvas().Focus(list)
	h.key(fyne.KeyDown)
	h.key(fyne.KeySpace)
	if !slices.Equal(h.node.paused, []netcore.TransferID{transferID(2)}) {
		t.Errorf("paused %v", h.node.paused)
	}
	h.key(fyne.KeyDelete)
	if !slices.Equal(h.node.cancelled, []netcore.TransferID{transferID(2)}) {
		t.Errorf("cancelled %v", h.node.cancelled)
	}
	h.key(fyne.KeyEnd)
	h.key(fyne.KeyReturn)
	if h.topSheet() == nil {
		t.Error("Enter does not open the details of what cannot be opened")
	}
	h.key(fyne.KeyReturn) // of the sheet
	h.key(fyne.KeyDelete)
	if len(h.view.items) != 2 {
		t.Errorf("%d are listed", len(h.view.items))
	}
	h.key(fyne.KeyHome)
	if i := list.at(); i != 0 {
		t.Errorf("Home goes to %d", i)
	}
}

// Whoever clicks a row and goes on with the keyboard is where he clicked.
func TestAClickedRowIsChosen(t *testing.T) {
	h := newHarness(t)
	for i := range 30 {
		h.tell(changed(out(netcore.Running, "x"), i+1))
	}
	list := h.main.transfers.list
	test.Tap(h.rowOf(transferID(28)))
	h.key(fyne.KeyUp)
	if got := list.items[list.at()].ID; got != transferID(29) || !list.focused {
		t.Errorf("the keyboard is on %v", got)
	}
	for range 29 {
		h.key(fyne.KeyDown)
	}
	if h.rowOf(transferID(1)).mark.StrokeWidth == 0 {
		t.Error("the row that is chosen cannot be seen")
	}
}

func TestFilters(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1), changed(in(netcore.Running, "b"), 2),
		changed(ended(out(netcore.Failed, "c"), netcore.ErrLost, false), 3))
	p := h.main.transfers
	for i, want := range []int{3, 2, 1, 1} {
		p.filters.take(i)
		if got := len(p.list.items); got != want {
			t.Errorf("filter %d leaves %d, want %d", i, got, want)
		}
	}
	test.Tap(p.clear)
	if !p.none.Visible() || p.nothing.Visible() {
		t.Error("an empty filter does not say so")
	}
}

func TestWhatMovesIsOnTop(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1), changed(out(netcore.Done, "b"), 2), changed(out(netcore.Queued, "c"), 3), changed(out(netcore.Done, "d"), 4))
	var names []string
	for _, it := range h.view.items {
		names = append(names, it.Names[0])
	}
	if !slices.Equal(names, []string{"c", "a", "d", "b"}) {
		t.Errorf("the order is %q", names)
	}
}

func TestTheTitleSaysHowFar(t *testing.T) {
	h := newHarness(t)
	half := func(t *netcore.Transfer) { t.Bytes, t.DoneBytes = 100, 45 }
	h.tell(changed(with(out(netcore.Running, "a"), half), 1), changed(with(in(netcore.Running, "b"), half), 2), changed(out(netcore.Queued, "c"), 3))
	if got := h.win.Title(); !strings.HasSuffix(got, " – 2 transfers, 45 %") {
		t.Errorf("the title is %q", got)
	}
	h.tell(changed(out(netcore.Done, "a"), 1), changed(in(netcore.Done, "b"), 2))
	if got := h.win.Title(); strings.Contains(got, "%") {
		t.Errorf("then it is %q", got)
	}
}

func TestDetailsFollowWhatMoves(t *testing.T) {
	h := newHarness(t)
	peer := anna
	peer.Interface, peer.Wireless = "wlan0", true
	peer.Addrs = []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:7776")}
	h.meet(peer)
	run := func(rate float64) netcore.Event {
		h.now += time.Second
		return changed(with(out(netcore.Running, "a"), func(t *netcore.Transfer) {
			t.Peer, t.Rate, t.Left, t.Bytes, t.Files = anna, rate, time.Minute, 1e9, 2
		}), 1)
	}
	h.tell(run(5e6))
	h.tell(run(9e6))
	test.Tap(h.rowOf(transferID(1)).details)
	says := func(want string) {
		t.Helper()
		if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	says("Wi-Fi (wlan0), 10.0.0.2")
	says("9 MB/s")
	says("2 files · 1 GB in all")
	h.tell(run(20e6))
	says("20 MB/s")
	says("at most 20 MB/s")
	h.tell(changed(with(out(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.Peer, t.Files = anna, 2
		t.Receipt = &netcore.Receipt{Files: 2, Bytes: 1e9, Root: []byte{1, 2}}
	}), 1))
	says("every hash matched")
	if len(h.sheets) != 1 {
		t.Errorf("%d sheets are open", len(h.sheets))
	}
}

func TestASpeedLogStaysShort(t *testing.T) {
	var l speedLog
	for i := range 1000 {
		l.add(noon.Add(time.Duration(i)*time.Second), 100)
	}
	if len(l.rates) > speedSlots || l.slot != 16*time.Second || l.most() != 100 || l.rates[0] != 100 {
		t.Errorf("%d slots of %v, at most %v", len(l.rates), l.slot, l.most())
	}
	l.add(noon.Add(1200*time.Second), 50)
	if last := l.rates[len(l.rates)-2]; last != 0 {
		t.Errorf("while nothing was heard it was %v", last)
	}
}
