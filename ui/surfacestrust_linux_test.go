//go:build !race

package ui

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// neighbours are devices of each kind: verified, a stranger, one with the name of another, one that is away.
func (h *harness) neighbours() []netcore.Peer {
	named := func(name, system, addr string) netcore.Peer {
		p := somebody(name)
		p.System, p.Interface = system, "wlan0"
		p.Addrs = []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr(addr), 7776)}
		p.Wireless = true
		return p
	}
	mum, bob, other := named("Anna", "linux", "192.168.1.20"), named("Bob’s laptop", "windows", "192.168.1.31"), named("Anna", "linux", "192.168.1.99")
	mum.Verified, mum.Known = noon, true
	bob.Wireless = false
	other.ID[3], other.Namesake = 9, true
	gran := knownAway(named("Grandma’s very old computer with a long name", "windows", "192.168.1.77"), 26*time.Hour)
	gran.Verified = noon
	all := []netcore.Peer{mum, bob, other, gran, named("客厅的电脑", "darwin", "192.168.1.44")}
	h.meet(all...)
	return all
}

// parcel is an offer with something of each kind.
func parcel(p netcore.Peer) netcore.Offer {
	var entries []netcore.Entry
	add := func(path string, kind netcore.Kind, size int64) {
		entries = append(entries, netcore.Entry{Path: path, Kind: kind, Size: size})
	}
	add("report.pdf", netcore.File, 1_400_000)
	add("Photos", netcore.Folder, 0)
	for i := range 315 {
		add(fmt.Sprintf("Photos/IMG_%04d.jpg", i), netcore.File, 3_200_000)
	}
	add("季度报告 final.xlsm", netcore.File, 220_000)
	add("setup-of-something-with-a-very-long-name-that-does-not-fit.exe", netcore.File, 88_000_000)
	add("photo.jpg                              .exe", netcore.File, 88_000)
	entries = append(entries, netcore.Entry{Path: "latest", Kind: netcore.Link, Target: "Photos/2026"})
	o := netcore.Offer{Peer: p, Files: 319, Folders: 1, Links: 1, Inbox: "/home/kim/Downloads/Ferry", Free: 120e9, Bytes: 1_097_708_000, Speed: 6e6}
	o.Top = slices.Concat(entries[:2], entries[317:])
	o.Top[1].Size = 315 * 3_200_000
	return netcore.NewOffer(o, slices.Values(entries), func(context.Context, string) (netcore.Preview, error) {
		return netcore.Preview{Free: 120e9, There: 12, Clashes: 3, Renamed: 2, Examples: []netcore.Rename{{Path: "a:b.jpg", Local: "a_b.jpg"}}}, nil
	})
}

// offered has offers wait for an answer, in order.
func (h *harness) offered(offers ...netcore.Offer) {
	for i, o := range offers {
		h.offer(h.t.Context(), o)
		h.until("the offer", func() bool { return len(h.offers.waiting) == i+1 })
	}
	h.settled()
	h.pass(settle)
}

// comparing shows a comparison after some steps: it is asked for, there is a code, and what is done then.
func (h *harness) comparing(asked bool, then func(*verifying)) {
	bob := h.neighbours()[1]
	ctx, cancel := context.WithCancel(h.t.Context())
	h.t.Cleanup(cancel)
	v := netcore.NewVerification(bob, asked, func(context.Context) (netcore.Code, error) { return someCode, nil })
	go h.Verify(ctx, v)
	h.until("the sheet", func() bool { return len(h.verifyings) == 1 })
	h.settled()
	if then != nil {
		then(h.verifyings[0])
	}
	h.pass(settle)
}

// trustSurfaces are those of devices, offers and codes.
func trustSurfaces() map[string]func(*harness) {
	return map[string]func(*harness){
		"devices": func(h *harness) {
			all := h.neighbours()
			sends := with(out(netcore.Running, "film.mp4", "x"), func(t *netcore.Transfer) { t.Files, t.DoneFiles, t.Peer = 318, 3, all[1] })
			h.tell(changed(sends, 1), netcore.PeerChanged{Peer: peerWith(somebody("Mallory"), func(p *netcore.Peer) { p.Blocked = true })})
		},
		"devices-many": func(h *harness) {
			for i := range 40 {
				h.Event(netcore.PeerChanged{Peer: somebody(fmt.Sprintf("Computer %02d", i))})
			}
		},
		"offer-verified": func(h *harness) {
			h.offered(parcel(h.neighbours()[0]))
			card := h.offers.first()
			card.list.toggle(card.list.tree.at("Photos"), true)
			card.list.tick(card.list.tree.at("Photos/IMG_0001.jpg"))
		},
		"offer-stranger": func(h *harness) {
			all := h.neighbours()
			h.offered(parcel(all[2]), parcel(all[1]), parcel(all[4]), parcel(all[0]), parcel(all[1]))
		},
		"offer-tight": func(h *harness) {
			o := offerFrom(h.neighbours()[1], "letter.docx")
			o.Bytes, o.Top[0].Size, o.Free = 5e9, 5e9, 1e9
			h.offered(o)
		},
		"offer-names":      func(h *harness) { h.offered(parcel(h.neighbours()[0])); h.offers.first().place.showNames() },
		"verify-asked":     func(h *harness) { h.comparing(true, nil) },
		"verify-code":      func(h *harness) { h.comparing(false, nil) },
		"verify-done":      func(h *harness) { h.comparing(false, func(v *verifying) { v.end(nil) }) },
		"verify-different": func(h *harness) { h.comparing(false, (*verifying).different) },
		"verify-stopped":   func(h *harness) { h.comparing(false, func(v *verifying) { v.end(netcore.ErrLost) }) },
		"always":           func(h *harness) { h.askAlways(h.neighbours()[0], nil) },
		"always-first":     func(h *harness) { h.askAlways(h.neighbours()[1], nil) },
		"always-offer":     func(h *harness) { h.offered(offerFrom(h.neighbours()[0], "letter.docx")); h.offers.first().always() },
		"nickname":         func(h *harness) { h.askNickname(h.neighbours()[1]) },
		"device":           func(h *harness) { h.showDevice(h.neighbours()[0]) },
		"device-namesake":  func(h *harness) { h.showDevice(h.neighbours()[2]) },
		"forget":           func(h *harness) { h.askForget(h.neighbours()[0]) },
		"menu":             func(h *harness) { test.Tap(h.card(h.neighbours()[1]).more) },
		"blocked": func(h *harness) {
			for _, name := range []string{"Mallory", "Eve with a name that goes on and on and on and on"} {
				h.tell(netcore.PeerChanged{Peer: peerWith(somebody(name), func(p *netcore.Peer) { p.Blocked = true })})
			}
			h.showBlocked()
		},
		"tray": func(h *harness) {
			all := h.neighbours()
			h.askToWhom([]string{"/home/kim/report.pdf", "/home/kim/季度报告.xlsx", "/home/kim/a name of a file that is far too long for the sheet that it is shown in.docx", "/d", "/e"})
			h.counted()
			h.asking.choose(all[0])
			h.asking.choose(all[1])
		},
	}
}
