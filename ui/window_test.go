package ui

import (
	"errors"
	"fmt"
	"image/color"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

func changed(t netcore.Transfer, n int) netcore.Event {
	t.ID = transferID(n)
	return netcore.TransferChanged{Transfer: t}
}

func TestPeersComeAndGo(t *testing.T) {
	h := newHarness(t)
	h.draw()
	if !h.sidebar.checks.root.Visible() || !h.main.transfers.nothing.Visible() {
		t.Error("an empty window does not say what to do")
	}
	h.meet(bob, anna)
	first := h.card(bob)
	if h.sidebar.checks.root.Visible() || h.sidebar.cards.keys[0] != anna.ID {
		t.Error("the cards are not ordered by name")
	}
	renamed := bob
	renamed.Name = "Robert"
	h.meet(renamed)
	if h.card(bob) != first || first.name.words() != "Robert" {
		t.Error("a new name made a new card")
	}
	renamed.Online = false
	h.meet(renamed)
	if len(h.sidebar.cards.keys) != 1 {
		t.Error("who left is still there")
	}
}

func TestCancelCancels(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1), changed(in(netcore.Running, "b"), 2))
	test.Tap(h.rowOf(transferID(1)).cancel)
	if want := []netcore.TransferID{transferID(1)}; !slices.Equal(h.node.cancelled, want) {
		t.Errorf("cancelled %v", h.node.cancelled)
	}
	h.tell(changed(ended(out(netcore.Cancelled, "a"), netcore.ErrCancelled, false), 1))
	if r := h.rowOf(transferID(1)); r.cancel.Visible() || !strings.Contains(r.words(), "you cancelled") {
		t.Errorf("the row says %q", r.words())
	}
}

func TestClearLeavesWhatIsOnItsWay(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	if h.main.transfers.clear.Visible() {
		t.Error("there is nothing to clear")
	}
	h.tell(changed(out(netcore.Done, "b"), 2))
	test.Tap(h.main.transfers.clear)
	if len(h.view.items) != 1 || h.view.items[0].ID != transferID(1) || h.main.transfers.clear.Visible() {
		t.Errorf("left are %+v", h.view.items)
	}
}

func TestDetailsListWhatFailedAndWhatIsRenamed(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(with(in(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.FailedCount, t.RenamedCount = detailed+50, 2
		for i := range t.FailedCount {
			t.FailedEntries = append(t.FailedEntries, netcore.EntryError{Path: fmt.Sprint("lost", i), Err: netcore.ErrCorrupt})
		}
		t.Renamed = []netcore.Rename{{Path: "a:b", Local: "a_b"}, {Path: "x", Local: "y", Original: "x\xff"}}
	}), 1))
	test.Tap(h.rowOf(transferID(1)).details)
	words := strings.Join(spoken(h.topSheet().panel), " | ")
	for _, want := range []string{"250 did not arrive", "lost0: it was damaged", "and 50 more", "a:b is now a_b", `x\xff is now y`} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q", want)
		}
	}
	h.key(fyne.KeyEscape)
	if h.topSheet() != nil {
		t.Error("Esc does not close the details")
	}
}

func TestClosingAsksWhileSomethingIsOnItsWay(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(ended(out(netcore.Paused, "c"), netcore.ErrLost, false), 3), changed(out(netcore.Offered, "b"), 2))
	h.Event(changed(out(netcore.Running, "a"), 1)) // not drawn yet
	h.closing()
	h.closing() // pressed twice
	if n := len(h.sheets); n != 1 {
		t.Fatalf("%d sheets are open", n)
	}
	if words := spoken(h.topSheet().panel); !strings.Contains(words[0], "2 transfers are still on their way") {
		t.Errorf("asks %q", words)
	}
	h.key(fyne.KeyEscape)
	if h.ended.Err() != nil {
		t.Fatal("Esc quits")
	}
	h.closing()
	h.key(fyne.KeyReturn) // quits when it is done
	if h.ended.Err() != nil || !h.quitLater {
		t.Fatal("Enter quits at once, or never")
	}
	h.tell(changed(out(netcore.Done, "a"), 1))
	if h.ended.Err() != nil {
		t.Fatal("it quits too early")
	}
	h.tell(changed(out(netcore.Done, "b"), 2))
	if h.ended.Err() == nil {
		t.Error("it does not quit when it is done")
	}
}

func TestQuittingAtOnce(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	h.closing()
	test.Tap(h.topSheet().buttons[1])
	if h.ended.Err() == nil {
		t.Error("Quit does not quit")
	}
}

// What is paused goes on in the next run; nobody needs to be asked.
func TestClosingDoesNotAskWhenNothingMoves(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Done, "a"), 1), changed(ended(out(netcore.Paused, "b"), netcore.ErrPaused, false), 2))
	h.closing()
	if h.ended.Err() == nil {
		t.Error("the window is open")
	}
}

// Fyne runs what comes after its end anywhere; the window must let it be.
func TestNothingHappensAfterTheEnd(t *testing.T) {
	h := newHarness(t)
	h.end()
	h.tell(changed(out(netcore.Running, "a"), 1))
	h.Stopped(errors.New("too late"))
	h.Offer(t.Context(), offerFrom(anna, "a.txt"))
	h.drain()
	if h.win.Canvas().Overlays().Top() != nil || len(h.offers.waiting) > 0 {
		t.Error("something happened")
	}
}

func TestWarningsAreShownAndDismissed(t *testing.T) {
	h := newHarness(t)
	h.tell(netcore.Warning{Kind: netcore.WarnKeyFile}, netcore.Warning{Kind: netcore.WarnPort})
	if !h.main.notice.Visible() || !strings.Contains(h.main.warning.words.words, "port") {
		t.Errorf("says %q", h.main.warning.words.words)
	}
	test.Tap(h.main.warning.close)
	if !h.main.notice.Visible() || !strings.Contains(h.main.warning.words.words, "key") {
		t.Errorf("then says %q", h.main.warning.words.words)
	}
	test.Tap(h.main.warning.close)
	if h.main.notice.Visible() {
		t.Error("the bar stays")
	}
}

func TestANodeThatStopsIsTold(t *testing.T) {
	h := newHarness(t)
	h.Stopped(errors.New("accept: too many open files"))
	h.drain()
	h.key(fyne.KeyReturn)
	if h.ended.Err() == nil {
		t.Error("Enter does not quit")
	}
}

func TestManyTransfersStayCheap(t *testing.T) {
	h := newHarness(t)
	const n = 1000
	all := func(round int) {
		for i := range n {
			h.Event(changed(with(out(netcore.Running, fmt.Sprintf("film %d.mkv", i), "x"), func(t *netcore.Transfer) {
				t.Bytes, t.DoneBytes, t.Rate, t.Left = 1e12, int64(round)*1e9, float64(round)*1e6, time.Duration(round)*time.Second
			}), i))
		}
		h.draw()
	}
	all(0)
	rows := len(h.main.transfers.list.rows)
	if most := int(firstHeight/rowHeight) + 2; rows > most {
		t.Errorf("%d rows exist, %d can be seen", rows, most)
	}
	start := time.Now()
	for round := range 50 {
		all(round + 1)
	}
	// Five seconds of a busy window must cost far less than five seconds.
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("50 drawings took %v", took)
	}
	h.main.transfers.list.scroll.ScrollToBottom()
	if got := h.rowOf(transferID(0)).name.words(); got != "film 0.mkv and 1 more" {
		t.Errorf("the last row is %q", got)
	}
	if len(h.main.transfers.list.rows) != rows {
		t.Errorf("scrolling made %d rows of %d", len(h.main.transfers.list.rows), rows)
	}
}

func TestScrollingShowsTheRightRows(t *testing.T) {
	h := newHarness(t)
	for i := range 100 {
		h.Event(changed(out(netcore.Done, fmt.Sprint("file", i)), i))
	}
	h.draw()
	l := h.main.transfers.list
	for _, y := range []float32{0, 10, rowHeight, 33.5 * rowHeight, 1e6, -20, -1e6} {
		l.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -y}})
		first, last := l.visible()
		for i := first; i < last; i++ {
			r := h.rowOf(l.items[i].ID)
			if want := float32(i) * rowHeight; r.Position().Y != want {
				t.Errorf("at %v: row %d is at %v, want %v", y, i, r.Position().Y, want)
			}
		}
	}
}

func TestAnItemKeepsItsRowWhileItScrolls(t *testing.T) {
	h := newHarness(t)
	for i := range 100 {
		h.Event(changed(out(netcore.Done, fmt.Sprint("file", i)), i))
	}
	h.draw()
	l := h.main.transfers.list
	third := l.items[2].ID
	before := h.rowOf(third)
	l.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -1.5 * rowHeight}})
	if h.rowOf(third) != before {
		t.Error("the item has another row")
	}
}

func TestClearingWhileScrolledDown(t *testing.T) {
	h := newHarness(t)
	h.Event(changed(out(netcore.Running, "running"), 1000))
	for i := range 100 {
		h.Event(changed(out(netcore.Done, fmt.Sprint("file", i)), i))
	}
	h.draw()
	h.main.transfers.list.scroll.ScrollToBottom()
	test.Tap(h.main.transfers.clear)
	if r := h.rowOf(transferID(1000)); r.Position().Y != 0 || h.main.transfers.list.scroll.Offset.Y != 0 {
		t.Errorf("the row is at %v, the list at %v", r.Position().Y, h.main.transfers.list.scroll.Offset.Y)
	}
}

func TestLabelsFitTheirWidth(t *testing.T) {
	h := newHarness(t)
	name := strings.Repeat("very ", 60) + "long name (final).docx"
	h.tell(changed(out(netcore.Queued, name), 1))
	l := h.rowOf(transferID(1)).name
	if l.words() != name {
		t.Errorf("the words are %q", l.words())
	}
	shown := l.text.Text
	if !strings.HasSuffix(shown, "nal).docx") || !strings.Contains(shown, ellipsis) || l.text.MinSize().Width > l.Size().Width {
		t.Errorf("shows %q, %v wide of %v", shown, l.text.MinSize().Width, l.Size().Width)
	}
}

func TestStartErrorsSayWhatToDo(t *testing.T) {
	newHarness(t)
	for _, test := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("x: %w", netcore.ErrIdentity), "key that other devices know"},
		{fmt.Errorf("%w: bad", ErrSettings), "settings.json"},
		{&net.OpError{Op: "listen", Err: errors.New("in use")}, "running already"},
		{errors.New("odd\x1b"), `odd\x1b`},
	} {
		dir := filepath.Join("config", "ferry")
		if words := strings.Join(spoken(startError(dir, test.err, nil)), " | "); !strings.Contains(words, test.want) {
			t.Errorf("%v: says %s", test.err, words)
		}
	}
}

// TestColoursCanBeRead holds the contrast that WCAG 2 asks for text: 4.5 to 1.
func TestColoursCanBeRead(t *testing.T) {
	newHarness(t)
	l := NewTheme()
	for _, pair := range [][2]fyne.ThemeColorName{
		{theme.ColorNameForeground, theme.ColorNameBackground}, {colorMuted, theme.ColorNameBackground},
		{colorMuted, colorSidebar}, {colorMuted, colorCard}, {colorMuted, theme.ColorNameInputBackground},
		{colorMixed, theme.ColorNameBackground}, {colorBad, theme.ColorNameBackground}, {colorBad, theme.ColorNameOverlayBackground},
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForeground, colorNotice},
		{colorOnToast, colorToast}, {colorLink, colorToast}, {theme.ColorNameForegroundOnPrimary, colorBad},
		{theme.ColorNamePrimary, colorSidebar}, {theme.ColorNamePrimary, colorCard}, {theme.ColorNamePrimary, theme.ColorNameBackground},
		{colorBad, theme.ColorNameMenuBackground}, {theme.ColorNameForeground, theme.ColorNameMenuBackground},
	} {
		for _, variant := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
			if c := contrast(l.Color(pair[0], variant), l.Color(pair[1], variant)); c < 4.5 {
				t.Errorf("%s on %s, variant %d: %.1f", pair[0], pair[1], variant, c)
			}
		}
	}
	for _, variant := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		lit := mixed(l.Color(colorTarget, variant), l.Color(colorSidebar, variant))
		if c := contrast(l.Color(theme.ColorNameForeground, variant), lit); c < 4.5 {
			t.Errorf("words on a card that files are dragged over, variant %d: %.1f", variant, c)
		}
		if c := contrast(l.Color(theme.ColorNamePrimary, variant), l.Color(colorSidebar, variant)); c < 3 {
			t.Errorf("the line around it, variant %d: %.1f", variant, c)
		}
	}
	for _, face := range faces {
		if c := contrast(hex(face), color.White); c < 4 {
			t.Errorf("white on %06x: %.1f", face, c)
		}
	}
}
