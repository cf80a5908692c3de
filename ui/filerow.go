package ui

import (
	"cmp"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// fileHeight is that of one file. Beyond 16 million pixels a position is a multiple of 2, 4 or 8: it stays exact for four
// million files.
const fileHeight = 40

// A fileRow is one file of a transfer: what has become of it, its name, where it lies, its size. It shows another one when it is told to.
type fileRow struct {
	widget.BaseWidget
	shown  netcore.FileInfo
	words  string
	sign   *widget.Icon
	name   *label
	state  *label
	folder *label
	amount *label
}

func newFileRow() *fileRow {
	r := &fileRow{sign: widget.NewIcon(nil), name: newText(""), state: newCaption(""), folder: newCaption(""), amount: newCaption("")}
	r.ExtendBaseWidget(r)
	return r
}

// clear shows nothing: what it is to show is not read yet.
func (r *fileRow) clear() {
	r.shown, r.words = netcore.FileInfo{}, ""
	for _, l := range []*label{r.name, r.state, r.folder, r.amount} {
		l.setText("")
	}
	r.sign.Hide()
}

// set shows a file. It costs little if that is what is shown already.
func (r *fileRow) set(t netcore.Transfer, f netcore.FileInfo, renamed string) {
	words := say(fileWords(t, f, renamed))
	if f == r.shown && words == r.words {
		return
	}
	r.shown, r.words = f, words
	r.name.setName(path.Base(cmp.Or(f.Original, f.Path)), nil)
	folder := path.Dir(f.Path)
	if folder == "." || f.State == netcore.FileFailed { // a reason needs the room
		folder = ""
	}
	r.folder.setPath(folder, nil)
	r.amount.setText(formatSize(f.Size))
	switch f.Kind {
	case netcore.Link:
		r.amount.setText(say(phrase{key: keyLink}))
	case netcore.Folder:
		r.amount.setText("")
	}
	r.state.setText(words)
	icon, colour := fileSign(t, f.State)
	r.sign.SetResource(theme.NewColoredResource(icon, colour))
	r.sign.Show()
	r.state.setColor(colorMuted)
	if colour == colorBad {
		r.state.setColor(colorBad)
	}
	r.place(r.Size())
}

func (r *fileRow) place(s fyne.Size) {
	const side, left = iconSize - 2, iconSize + gap + 2
	put(r.sign, 2, (s.Height-side)/2, side, side)
	width := r.amount.natural()
	right := s.Width - gap - width
	put(r.amount, right, 3+(r.name.height()-r.amount.height())/2, width, r.amount.height())
	put(r.name, left, 3, right-gap-left, r.name.height())
	y := 3 + r.name.height()
	room := s.Width - gap - left
	state := min(r.state.natural(), room)
	put(r.state, left, y, state, r.state.height())
	put(r.folder, left+state+2*gap, y, room-state-2*gap, r.folder.height())
}

// CreateRenderer implements fyne.Widget.
func (r *fileRow) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{r.sign, r.name, r.state, r.folder, r.amount},
		min:     func() fyne.Size { return fyne.NewSize(0, fileHeight) },
		place:   r.place,
		paint:   func() {},
	}
}

func (r *fileRow) inside() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.name, r.state, r.folder, r.amount}
}
