package ui

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"ferry/netcore"
)

// dropped takes what was dragged onto the window, at a place of its canvas.
func (w *Window) dropped(at fyne.Position, uris []fyne.URI) {
	w.dragEnded()
	if len(uris) == 1 && w.setting != nil && w.setting.takesPicture(at) {
		w.setPicture(filepath.FromSlash(uris[0].Path()))
		return
	}
	picking := w.asking != nil && w.topSheet() == w.asking.sheet
	if w.win.Canvas().Overlays().Top() != nil && !picking {
		w.toasts.show(phrase{key: keyNotDropped}, nil) // who is asked something answers first
		return
	}
	var to *netcore.Peer
	if c := w.sidebar.at(at); c != nil && !picking {
		to = &c.peer
	}
	paths := make([]string, len(uris))
	for i, u := range uris {
		paths[i] = filepath.FromSlash(u.Path())
	}
	w.background(func(context.Context) {
		there := existing(paths)
		w.ui(func() { w.sendOrAsk(to, there) })
	})
}

// existing leaves the paths that there are: what is dragged from a browser or
// out of an archive comes as paths of nothing.
func existing(paths []string) []string {
	var there []string
	for _, p := range paths {
		if !filepath.IsAbs(p) {
			continue
		}
		if _, err := os.Lstat(p); err == nil {
			there = append(there, p)
		}
	}
	return there
}

// sendOrAsk sends to a peer, or asks to which one if that is nil.
func (w *Window) sendOrAsk(to *netcore.Peer, paths []string) {
	switch {
	case len(paths) == 0:
		w.toasts.show(phrase{key: keyNoFiles}, nil)
	case to != nil:
		w.send(paths, *to)
	case w.asking != nil:
		w.asking.add(paths)
	default:
		w.askToWhom(paths)
	}
}

// send offers paths to peers and says so, for a drop may have hit the wrong
// card. It returns to how many.
func (w *Window) send(paths []string, to ...netcore.Peer) int {
	var ids []netcore.TransferID
	var last netcore.Peer
	for _, p := range to {
		id, err := w.node.Send(p.ID, paths)
		if err != nil {
			w.log.Warn("send", "peer", p.ID, "error", err)
			reason := why(netcore.Transfer{Peer: p}, err, false)
			w.toasts.show(phrase{key: keyNotSent, args: args{"Reason": reason}}, nil)
			continue
		}
		ids, last = append(ids, id), p
	}
	if len(ids) == 0 {
		w.dropTexts(paths)
	}
	switch {
	case len(ids) < len(to): // that is what is to be read
	case len(ids) == 1:
		w.sentToast(ids[0], last, len(paths))
	default:
		w.toasts.showSent(plurally(keySentMany, len(ids), nil), ids...)
	}
	return len(ids)
}

// sentToast says what becomes of n things that are to go to a peer.
func (w *Window) sentToast(id netcore.TransferID, to netcore.Peer, n int) {
	k := keySentToast
	if w.view.away(to.ID) {
		k = keyWaitsToast
	}
	w.toasts.showSent(plurally(k, n, args{"Peer": to.Name}), id)
}

// retry offers once more what did not arrive of a transfer that has ended.
func (w *Window) retry(t netcore.Transfer) {
	id, err := w.node.Retry(t.ID)
	if err != nil {
		w.log.Warn("send again", "transfer", t.ID, "error", err)
		w.toasts.show(phrase{key: keyNotAgain}, nil)
		return
	}
	n := t.FailedCount
	if t.State != netcore.Done {
		n = max(len(t.Names), 1)
	}
	w.sentToast(id, t.Peer, n)
}

// pickToSend asks for files or a folder, and then to whom they go.
func (w *Window) pickToSend(what pickKind) {
	w.choose(what, func(paths []string) { w.sendOrAsk(nil, paths) })
}

// pickFilesFor asks for files to send to a peer.
func (w *Window) pickFilesFor(to netcore.Peer) {
	w.choose(pickFiles, func(paths []string) { w.sendOrAsk(&to, paths) })
}
