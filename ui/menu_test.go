package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// opened opens a menu whose items tell which of them was done; the second cannot be.
func (h *harness) opened(done *[]string) *menu {
	item := func(label string) menuItem {
		return menuItem{label: label, icon: theme.InfoIcon(), do: func() { *done = append(*done, label) }}
	}
	items := []menuItem{item("first"), item("off"), item("last")}
	items[1].off, items[2].apart = true, true
	return h.openMenuAt(fyne.NewPos(100, 100), items)
}

// With the keyboard, what cannot be done is passed over, and the last item is followed by the first.
func TestAMenuIsUsedWithTheKeyboard(t *testing.T) {
	for _, c := range []struct {
		keys []fyne.KeyName
		want []string
	}{
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyReturn}, []string{"first"}},
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeySpace}, []string{"last"}},
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn}, []string{"first"}},
		{[]fyne.KeyName{fyne.KeyUp, fyne.KeyReturn}, []string{"last"}},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeyHome, fyne.KeyReturn}, []string{"first"}},
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyEscape}, nil},
	} {
		h := newHarness(t)
		var done []string
		m := h.opened(&done)
		for _, k := range c.keys {
			h.key(k)
		}
		if m.open || h.win.Canvas().Overlays().Top() != nil || !slices.Equal(done, c.want) {
			t.Errorf("%v: it is open: %v; done: %q", c.keys, m.open, done)
		}
	}
}

func TestEnterInAMenuMeansNothingUntilSomethingIsChosen(t *testing.T) {
	h := newHarness(t)
	var done []string
	m := h.opened(&done)
	h.key(fyne.KeyReturn)
	test.Tap(m.lines[1])
	if !m.open || done != nil {
		t.Errorf("it is open: %v; done: %q", m.open, done)
	}
	h.key(fyne.KeyDown)
	m.lines[2].MouseIn(nil)
	m.lines[2].MouseOut()
	h.key(fyne.KeyReturn) // the pointer chose and left
	test.Tap(m)           // beside the lines
	if m.open || done != nil {
		t.Errorf("it is open: %v; done: %q", m.open, done)
	}
}

// A menu is where it was asked for, or as near as the window lets it be, also when the window has become smaller.
func TestAMenuStaysInTheWindow(t *testing.T) {
	h := newHarness(t)
	m := h.openMenuAt(fyne.NewPos(firstWidth-10, firstHeight-10), h.menuItems(anna))
	for _, size := range []fyne.Size{fyne.NewSize(firstWidth, firstHeight), fyne.NewSize(740, 420)} {
		h.win.Resize(size)
		end := m.panel.Position().Add(m.panel.Size())
		if at := m.panel.Position(); at.X < 0 || at.Y < 0 || end.X > size.Width || end.Y > size.Height {
			t.Errorf("in %v, it is from %v to %v", size, at, end)
		}
	}
}

// Who was out of the window and is back where he was has moved, but not come, as the toolkit tells it.
func TestThePointerThatIsBackLights(t *testing.T) {
	h := newHarness(t)
	for _, o := range []desktop.Hoverable{h.main.files, h.sidebar.settings, h.main.tabs.all[1]} {
		o.MouseIn(&desktop.MouseEvent{})
		o.MouseOut()
		o.MouseMoved(&desktop.MouseEvent{})
	}
	if !h.main.files.hovered || !h.sidebar.settings.hovered || !h.main.tabs.all[1].hovered || h.tips.of != h.sidebar.settings {
		t.Error("what the pointer is on is dark")
	}
}
