package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// openMenu shows what can be done with a device, below a place of the canvas.
func (w *Window) openMenu(p netcore.Peer, at fyne.Position) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	w.tips.hide()
	w.menu = w.openMenuAt(at, w.menuItems(p))
}

func (w *Window) menuItems(p netcore.Peer) []menuItem {
	item := func(k key, icon fyne.Resource, do func(netcore.Peer)) menuItem {
		return menuItem{label: say(phrase{key: k}), icon: icon, do: func() { do(p) }}
	}
	compare := item(keyCompareCodes, theme.ConfirmIcon(), w.compare)
	compare.off, compare.apart = !p.Online, true
	items := []menuItem{
		item(keySendFiles, theme.FileIcon(), w.pickFilesFor),
		item(keySendFolder, theme.FolderIcon(), w.pickFolderFor),
		item(keySendText, theme.FileTextIcon(), w.askText),
		compare,
		item(keyAlways, theme.DownloadIcon(), func(p netcore.Peer) { w.askAlways(p, nil) }),
		item(keyNickname, theme.DocumentCreateIcon(), w.askNickname),
		item(keyDetails, theme.InfoIcon(), w.showDevice),
	}
	block := item(keyBlock, theme.VisibilityOffIcon(), w.block)
	block.grave, block.apart = true, true
	if p.Known {
		forget := item(keyForgetDots, theme.DeleteIcon(), w.askForget)
		forget.apart, block.apart = true, false
		items = append(items, forget)
	}
	return append(items, block)
}

// pickFolderFor asks for a folder to send to a peer.
func (w *Window) pickFolderFor(to netcore.Peer) {
	w.choose(pickFolder, func(paths []string) { w.sendOrAsk(&to, paths) })
}
