package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A deviceMenu is all that can be done with a device, while it is open.
type deviceMenu struct {
	menu  *fyne.Menu
	popUp *widget.PopUpMenu
}

// openMenu shows what can be done with a device, below a place of the canvas.
func (w *Window) openMenu(p netcore.Peer, at fyne.Position) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	w.tips.hide()
	m := fyne.NewMenu("", w.menuItems(p)...)
	w.menu = &deviceMenu{m, widget.NewPopUpMenu(m, w.win.Canvas())}
	w.menu.popUp.ShowAtPosition(at)
}

func (w *Window) menuItems(p netcore.Peer) []*fyne.MenuItem {
	item := func(k key, do func(netcore.Peer)) *fyne.MenuItem {
		return fyne.NewMenuItem(say(phrase{key: k}), func() { do(p) })
	}
	compare := item(keyCompareCodes, w.compare)
	compare.Disabled = !p.Online
	items := []*fyne.MenuItem{
		item(keySendFiles, w.pickFilesFor),
		item(keySendFolder, w.pickFolderFor),
		item(keySendText, w.askText),
		fyne.NewMenuItemSeparator(),
		compare,
		item(keyAlways, func(p netcore.Peer) { w.askAlways(p, nil) }),
		item(keyNickname, w.askNickname),
		item(keyDetails, w.showDevice),
		fyne.NewMenuItemSeparator(),
	}
	if p.Known {
		items = append(items, item(keyForgetDots, w.askForget))
	}
	return append(items, item(keyBlock, w.block))
}

// pickFolderFor asks for a folder to send to a peer.
func (w *Window) pickFolderFor(to netcore.Peer) {
	w.choose(pickFolder, func(paths []string) { w.sendOrAsk(&to, paths) })
}
