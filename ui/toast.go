package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// toastTime is how long a toast stays, and so how long a drop can be undone
// with one press.
const toastTime = 3 * time.Second

// toasts shows one short message at a time, at the foot of the window.
type toasts struct {
	window *Window
	root   *fyne.Container
	panel  *fyne.Container
	words  *label
	undo   *button
	onUndo func()
	about  []netcore.TransferID // that it can undo
	turn   int                  // which toast it is, so that an old one's end does not hide a new one
}

func newToasts(w *Window) *toasts {
	t := &toasts{window: w, words: newLabel(theme.SizeNameText, colorOnToast)}
	t.undo = newButton(lookToast, say(phrase{key: keyUndo}), func() {
		t.panel.Hide()
		t.onUndo()
	})
	t.panel = container.NewStack(newSurface(colorToast, "", radius), container.New(placed{
		min: func() fyne.Size {
			size := t.undo.minSize()
			width := t.words.natural() + 2*space
			if t.undo.Visible() {
				width += size.Width
			}
			return fyne.NewSize(width, size.Height+2*4)
		},
		place: t.place,
	}, t.words, t.undo))
	t.panel.Hide()
	t.root = container.New(placed{
		min: func() fyne.Size { return fyne.Size{} },
		place: func(s fyne.Size) {
			size := t.panel.MinSize()
			width := min(size.Width, s.Width-2*space)
			put(t.panel, (s.Width-width)/2, s.Height-size.Height-space, width, size.Height)
		},
	}, t.panel)
	return t
}

func (t *toasts) place(s fyne.Size) {
	right := s.Width - space
	if t.undo.Visible() {
		size := t.undo.minSize()
		right = s.Width - size.Width - 5
		put(t.undo, right, (s.Height-size.Height)/2, size.Width, size.Height)
	}
	h := t.words.height()
	put(t.words, space, (s.Height-h)/2, right-space, h)
}

// show says p for some seconds; with onUndo, there is a button to undo it.
func (t *toasts) show(p phrase, onUndo func()) {
	t.turn++
	turn := t.turn
	t.onUndo, t.about = onUndo, nil
	t.words.setText(say(p))
	setVisible(t.undo, onUndo != nil)
	t.panel.Show()
	t.root.Refresh() // the panel itself may not be known to the canvas yet
	t.window.after(toastTime, func() {
		if t.turn == turn {
			t.panel.Hide()
		}
	})
}

// showSent says p of transfers that have just begun, which can be undone as long as one of them is on its way.
func (t *toasts) showSent(p phrase, ids ...netcore.TransferID) {
	t.show(p, func() {
		for _, id := range ids {
			t.window.node.Cancel(id, netcore.KeepNothing)
		}
	})
	t.about = ids
}

// follow takes a toast away that is about nothing but transfers that have ended.
func (t *toasts) follow(v view) {
	if len(t.about) == 0 {
		return
	}
	ended := 0
	for _, it := range v.items {
		if it.State.Final() && slices.Contains(t.about, it.ID) {
			ended++
		}
	}
	if ended == len(t.about) {
		t.about = nil
		t.panel.Hide()
	}
}
