package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// A filesPage is the part of the details that lists all files of a transfer. It opens the list when it is shown first.
type filesPage struct {
	window *Window
	item   item
	root   *fyne.Container
	search *entry
	which  *choiceGroup
	list   *fileList
	found  *label     // how many are listed
	words  *paragraph // in place of the list

	local   map[string]string // where files are that have another name here
	files   netcore.Files     // nil until it is open
	opened  bool
	closed  bool
	finding context.CancelFunc // ends the search that is under way
	turn    int                // which search it is, so that the result of an old one is not shown
	reading bool
	stale   bool // what is shown has changed since it was read
}

func newFilesPage(w *Window, it item) *filesPage {
	p := &filesPage{window: w, item: it, local: make(map[string]string), found: newCaption(""), finding: func() {}}
	for _, r := range it.Renamed {
		p.local[r.Path] = r.Local
	}
	p.search = newEntry(w, say(phrase{key: keyFileSearch}))
	p.search.Icon = theme.NewColoredResource(theme.SearchIcon(), colorMuted)
	p.search.OnChanged = func(string) { p.find() }
	p.which = w.newChoiceGroup(choicePill, sayEach(keyFilterAll, keyFilesMissing), 0, func(int) { p.find() })
	p.list = newFileList(func(r *fileRow, f netcore.FileInfo) { r.set(p.item.Transfer, f, p.local[f.Path]) }, p.read, w.typedKey)
	p.words = newParagraph("", theme.SizeNameText, colorMuted)
	bar := container.NewBorder(nil, nil, nil, p.which.row(), p.search)
	p.root = container.NewBorder(padded(bar, 0, gap), padded(p.found, 2, 0), nil, nil, container.NewStack(p.list, container.NewCenter(fixedWidth(p.words, 300))))
	return p
}

// open opens the list, once.
func (p *filesPage) open() {
	if p.opened {
		return
	}
	p.opened = true
	p.tell(keyFilesReading)
	w, id := p.window, p.item.ID
	w.background(func(context.Context) {
		files, err := w.node.Files(id)
		w.ui(func() { p.take(files, err) })
	})
}

// take begins to show a list that is open now.
func (p *filesPage) take(files netcore.Files, err error) {
	switch {
	case err != nil:
		if !errors.Is(err, netcore.ErrUnread) {
			p.window.log.Warn("list of files", "transfer", p.item.ID, "error", err)
		}
		k := keyFilesLater
		if p.item.State.Final() {
			k = keyFilesGone
		}
		p.tell(k)
		return
	case p.closed:
		p.drop(files)
		return
	}
	p.files = files
	p.find()
}

// tell says something in place of the list; an empty key shows the list.
func (p *filesPage) tell(k key) {
	setVisible(p.list, k == "")
	setVisible(p.words, k != "")
	setVisible(p.found, k == "")
	if k != "" {
		p.words.setWords(say(phrase{key: k}))
	}
	p.root.Refresh()
}

// find lists the files that are searched for.
func (p *filesPage) find() {
	if p.files == nil {
		return
	}
	p.finding()
	ctx, cancel := context.WithCancel(p.window.ended)
	p.finding = cancel
	p.turn++
	turn, files := p.turn, p.files
	q := netcore.FileQuery{Text: p.search.Text, Missing: p.which.now == 1}
	p.window.background(func(context.Context) {
		numbers, err := files.Find(ctx, q)
		p.window.ui(func() {
			if turn == p.turn && err == nil {
				p.show(numbers, q)
			}
		})
	})
}

func (p *filesPage) show(numbers []int32, q netcore.FileQuery) {
	p.list.set(numbers)
	p.found.setText(say(plurally(keyFiles, len(numbers), nil)))
	switch {
	case len(numbers) > 0:
		p.tell("")
	case q.Missing && q.Text == "":
		p.tell(keyFilesAllHere)
	default:
		p.tell(keyFilesNone)
	}
}

// read reads what is on screen. While it does, another call only notes that it is to be read once more.
func (p *filesPage) read() {
	if p.files == nil || p.reading {
		p.stale = true
		return
	}
	p.reading, p.stale = true, false
	numbers, files, turn := p.list.around(), p.files, p.turn
	p.window.background(func(context.Context) {
		list, err := files.At(numbers)
		p.window.ui(func() {
			p.reading = false
			if err == nil && turn == p.turn {
				p.list.take(list, numbers)
			}
			if p.stale && !p.closed && err == nil {
				p.read()
			}
		})
	})
}

// follow shows how the files are now.
func (p *filesPage) follow(it item) {
	p.item = it
	if p.files != nil && p.root.Visible() {
		p.read()
	}
}

// close gives the list back.
func (p *filesPage) close() {
	p.closed = true
	p.finding()
	if p.files != nil {
		p.drop(p.files)
		p.files = nil
	}
}

func (p *filesPage) drop(files netcore.Files) {
	w := p.window
	w.background(func(context.Context) {
		if err := files.Close(); err != nil {
			w.log.Warn("list of files", "error", err)
		}
	})
}

// fixedWidth gives lines of words a width, so that their height is known.
func fixedWidth(words *paragraph, width float32) fyne.CanvasObject {
	return container.New(placed{
		min: func() fyne.Size {
			words.fillLines(width)
			return fyne.NewSize(width, words.MinSize().Height)
		},
		place: func(s fyne.Size) { put(words, 0, 0, s.Width, s.Height) },
	}, words)
}
