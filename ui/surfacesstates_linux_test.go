//go:build !race

package ui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// crowd are so many devices.
func (h *harness) crowd(n int) {
	for i := range n {
		h.Event(netcore.PeerChanged{Peer: somebody(fmt.Sprintf("Computer %02d", i))})
	}
	h.draw()
}

// counted has the tray have counted what was picked.
func (h *harness) counted() {
	h.settled()
	h.asking.amount.setText(sayAll([]phrase{plurally(keyFiles, 312, nil), {key: keyOfferTotal, args: args{"Size": size(2_100_000_000)}}}))
}

// pending is transfers that wait for something or somebody.
func (h *harness) pending() {
	h.people()
	peer, gone := somebody("Anna"), peerWith(somebody("Bernd’s laptop with a long name"), func(p *netcore.Peer) { p.Online = false })
	set := func(p netcore.Peer, t netcore.Transfer, f func(*netcore.Transfer)) netcore.Transfer {
		t.Peer, t.Started, t.Files, t.Bytes = p, noon, 1, 48e6
		f(&t)
		return t
	}
	h.tell(
		changed(set(gone, ended(out(netcore.Queued, "for later.zip"), netcore.ErrOffline, false), func(*netcore.Transfer) {}), 1),
		changed(set(peer, out(netcore.Offered, "季度报告.docx"), func(*netcore.Transfer) {}), 2),
		changed(set(peer, out(netcore.Queued, "next.iso"), func(*netcore.Transfer) {}), 3),
		changed(set(peer, in(netcore.Running, "Photos"), func(t *netcore.Transfer) {
			rest(1312, 1312)(t)
			t.Rate, t.Left = 2e6, 1500*time.Millisecond
		}), 4),
		changed(set(gone, ended(in(netcore.Paused, "film.mkv"), netcore.ErrLost, false), func(t *netcore.Transfer) { t.DoneBytes = 31e6 }), 5),
		changed(set(peer, ended(in(netcore.Failed, "disk image.iso"), netcore.ErrNoSpace, false), func(t *netcore.Transfer) { t.Bytes = 8e9 }), 6),
		changed(set(peer, ended(out(netcore.Cancelled, "draft.txt"), netcore.ErrCancelled, true), func(*netcore.Transfer) {}), 7),
	)
}

// warned has the window show a warning.
func warned(kind netcore.WarningKind) func(*harness) {
	return func(h *harness) { h.movement(); h.tell(netcore.Warning{Kind: kind}) }
}

// attempt reaches out to an address.
func (h *harness) attempt(address string) {
	h.people()
	h.askConnect()
	h.connecting.address.SetText(address)
	test.Tap(h.connecting.connect)
}

// rings has everything show that it has the focus, which one thing alone can have.
func (h *harness) rings() {
	h.movement()
	list := h.main.transfers.list
	for _, o := range []fyne.Focusable{
		h.card(somebody("Anna")), h.card(somebody("客厅电脑")).more, h.main.files, h.main.folder, h.main.tabs.all[1], h.main.transfers.filters.all[1],
		h.main.transfers.clear, list, list.rows[1].pause, h.sidebar.visible, h.sidebar.settings,
	} {
		o.FocusGained()
	}
}

// lights has everything show that the pointer is on it, and one button say what it does.
func (h *harness) lights() {
	h.movement()
	for _, o := range []desktop.Hoverable{
		h.card(somebody("Anna")), h.card(somebody("客厅电脑")).more, h.main.files, h.main.folder, h.main.tabs.all[1], h.main.transfers.filters.all[1],
		h.main.transfers.clear, h.sidebar.visible, h.sidebar.settings, h.main.transfers.list.rows[1].pause,
	} {
		o.MouseIn(nil)
	}
	h.pass(tipDelay)
}

// stateSurfaces are what surfaces look like that something has become of: a search, a failure, the keyboard, the pointer.
func stateSurfaces() map[string]func(*harness) {
	return map[string]func(*harness){
		"devices-one":    func(h *harness) { h.meet(somebody("Anna")) },
		"devices-twelve": func(h *harness) { h.neighbours(); h.crowd(7) },
		"devices-search": func(h *harness) { h.crowd(12); h.sidebar.search.SetText("computer 1") },
		"devices-nobody": func(h *harness) { h.crowd(12); h.sidebar.search.SetText("Zoë") },
		"devices-away":   func(h *harness) { h.meet(knownAway(anna, time.Hour)); h.tell(outbox(knownAway(anna, time.Hour), 1)) },
		"devices-none": func(h *harness) {
			h.node.diagnosis = netcore.Diagnosis{Port: 7776}
			h.showPresence(h.clock())
		},
		"devices-silence": func(h *harness) {
			h.presence.command = "sudo ufw allow 7776/tcp"
			h.showPresence(h.clock().Add(time.Minute))
		},
		"name": func(h *harness) { h.people(); h.sidebar.name.edit() },
		"visible-while": func(h *harness) {
			h.people()
			h.node.SetVisibility(netcore.VisibleToAll, forAWhile)
			h.showPresence(h.clock())
		},
		"transfers-none": func(h *harness) { h.pending(); h.main.transfers.filters.take(3); h.model.clear(); h.draw() },
		"transfers-failed": func(h *harness) {
			h.movement()
			h.main.transfers.filters.take(3)
		},
		"transfers-pending": (*harness).pending,
		"history-search":    func(h *harness) { h.yesteryear(); h.main.open(pageHistory); h.main.history.search.SetText("setup") },
		"history-unfound":   func(h *harness) { h.yesteryear(); h.main.open(pageHistory); h.main.history.search.SetText("Zoë") },
		"history-dropped": func(h *harness) {
			h.yesteryear()
			h.main.open(pageHistory)
			h.settled()
			h.main.history.drop(h.main.history.list.items[1])
		},
		"offer-small": func(h *harness) {
			o := offerFrom(h.neighbours()[0], "letter.docx")
			o.Free, o.Inbox = 120e9, "/home/kim/Downloads/Ferry"
			h.offered(o)
		},
		"offer-many": func(h *harness) {
			o := netcore.NewOffer(netcore.Offer{Peer: h.neighbours()[0], Files: 3000, Bytes: 3e9, Free: 120e9, Inbox: "/home/kim/Downloads/Ferry",
				Top: make([]netcore.Entry, 3000)},
				func(yield func(netcore.Entry) bool) {
					for i := range 3000 {
						if !yield(netcore.Entry{Path: fmt.Sprintf("IMG_%04d.jpg", i), Size: 1e6}) {
							return
						}
					}
				}, nil)
			h.offered(o)
		},
		"offer-nothing": func(h *harness) { h.offered(parcel(h.neighbours()[0])); test.Tap(h.offers.first().ticks) },
		"offer-beside":  func(h *harness) { h.movement(); h.offered(offerFrom(somebody("Anna"), "letter.docx")) },
		"verify-wait":   func(h *harness) { h.comparing(false, (*verifying).same) },
		"toast-undo":    func(h *harness) { h.people(); h.dropOn(h.card(somebody("Anna")), "/etc/hosts", "/etc/hostname") },
		"toast":         func(h *harness) { h.people(); h.copy("x") },
		"stopped":       func(h *harness) { h.people(); h.Stopped(errors.New("listen tcp :7776: too many open files")) },
		"menu-away":     func(h *harness) { test.Tap(h.card(h.neighbours()[3]).more); h.menu.choose(0) },
		"menu-keys": func(h *harness) {
			test.Tap(h.card(h.neighbours()[0]).more)
			h.menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
		},
		"tray-nobody": func(h *harness) { h.askToWhom([]string{"/home/kim/report.pdf"}); h.counted() },
		"always-wrong": func(h *harness) {
			h.askAlways(h.neighbours()[0], nil)
			h.allowing.most.SetText("many")
			h.allowing.save()
		},
		"connect-failed":  func(h *harness) { h.node.connect = refused; h.attempt("192.168.1.20") },
		"warning-clone":   warned(netcore.WarnClone),
		"warning-port":    warned(netcore.WarnPort),
		"warning-network": warned(netcore.WarnDiscovery),
		"warning-store":   warned(netcore.WarnStore),
		"focus":           (*harness).rings,
		"pointer":         (*harness).lights,
	}
}

// refused is what becomes of reaching out to an address where nothing listens.
func refused(context.Context, string) (netcore.Peer, error) {
	return netcore.Peer{}, &netcore.Error{Op: "connect", Err: errors.Join(netcore.ErrOffline, &net.OpError{Op: "dial", Err: errors.New("connection refused")})}
}
