package ui

import (
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// A stopSheet asks what is to become of the files that a transfer has brought
// already.
type stopSheet struct {
	sheet *sheet
	id    netcore.TransferID
	text  *paragraph
	files int // that it speaks of
}

// cancel stops a transfer. Where that would take away files that are whole,
// it asks first.
func (w *Window) cancel(it item) {
	if it.brought() == 0 {
		w.node.Cancel(it.ID, netcore.KeepNothing)
		return
	}
	if w.stopping == nil {
		w.askToStop(it)
	}
}

func (w *Window) askToStop(it item) {
	s := &stopSheet{id: it.ID, files: it.brought()}
	end := func(then func()) func() {
		return func() {
			w.stopping = nil
			s.sheet.close()
			then()
		}
	}
	cancel := func(keep netcore.Keep) func() {
		return end(func() { w.node.Cancel(it.ID, keep) })
	}
	s.text = newParagraph(say(stopText(s.files)), theme.SizeNameText, colorMuted)
	title := phrase{key: keyStopTitle, args: args{"Peer": it.Peer.Name}}
	s.sheet = w.newSheet(container.NewVBox(newTitle(say(title)), s.text),
		newButton(lookPlain, say(phrase{key: keyStopNot}), end(func() {})),
		newButton(lookPlain, say(phrase{key: keyStopRemove}), cancel(netcore.KeepNothing)),
		newButton(lookPrimary, say(phrase{key: keyStopKeep}), cancel(netcore.KeepFiles)))
	w.stopping = s
	s.sheet.show()
}

func stopText(files int) phrase { return plurally(keyStopText, files, nil) }

// follow keeps the question up to date, and takes it away when the transfer
// has ended by itself.
func (s *stopSheet) follow(w *Window) {
	for _, it := range w.view.items {
		if it.ID != s.id {
			continue
		}
		if it.State.Final() {
			break
		}
		if n := it.brought(); n != s.files {
			s.files = n
			s.text.setWords(say(stopText(n)))
		}
		return
	}
	w.stopping = nil
	s.sheet.close()
}
