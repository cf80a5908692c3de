//go:build !race

package ui

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/assets"
	"ferry/netcore"
)

// stageTheme is the same on every computer: it takes its fonts from nowhere else.
func stageTheme(t netcore.Theme) fyne.Theme {
	fallback := fyne.NewStaticResource("fallback.ttf", assets.FallbackFont)
	return &look{Theme: theme.DefaultTheme(), fallback: fallback, chosen: t}
}

// staged is a harness that is the same on every computer, in an app that wears the stageTheme.
func staged(t testing.TB, a fyne.App, language string, theme netcore.Theme) *harness {
	t.Helper()
	t.Setenv("HOME", "/home/kim")
	h := newHarnessIn(t, a, netcore.Settings{Theme: theme, Language: language, Limits: netcore.Limits{Upload: 2_500_000}})
	h.node.addrs = []netip.AddrPort{netip.MustParseAddrPort("192.168.1.20:7776")}
	h.node.diagnosis = netcore.Diagnosis{Port: 7776, Announced: true, Interfaces: []netcore.Interface{
		{Name: "eth0", Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.20")}},
		{Name: "wlan0", Addrs: []netip.Addr{netip.MustParseAddr("192.168.7.4")}, Wireless: true},
	}}
	h.node.inbox = "/home/kim/Downloads/Ferry"
	h.introduce()
	h.showPresence(h.clock())
	h.model.touch()
	return h
}

// people are who is there.
func (h *harness) people() {
	one, two, three := somebody("Anna"), somebody("Bernd’s laptop with a long name"), somebody("客厅电脑")
	one.Addrs = []netip.AddrPort{netip.MustParseAddrPort("192.168.1.31:7776")}
	one.Interface, one.Wireless, one.Known = "wlan0", true, true
	one.AutoAccept = netcore.AutoAccept{On: true, MaxBytes: 1e9, Dir: "/home/kim/Photos"}
	two.System, two.Known, two.Online, two.Seen = "windows", true, false, noon.Add(-3*time.Hour)
	three.System = "darwin"
	h.meet(one, two, three)
}

// movement is transfers in many states.
func (h *harness) movement() {
	h.people()
	peer := somebody("Anna")
	set := func(t netcore.Transfer, f func(*netcore.Transfer)) netcore.Transfer {
		t.Peer, t.Started = peer, noon.Add(-9*time.Minute)
		f(&t)
		return t
	}
	h.tell(
		changed(set(ended(out(netcore.Declined, "budget 2026.xlsx"), netcore.ErrDeclined, true), func(t *netcore.Transfer) {}), 1),
		changed(set(in(netcore.Done, "Holiday in Norway", "notes.txt"), func(t *netcore.Transfer) {
			t.Files, t.Folders, t.Bytes, t.DoneFiles, t.DoneBytes = 318, 12, 42.1e9, 318, 42.1e9
			t.Paths, t.Ended = []string{"/in/Holiday in Norway", "/in/notes.txt"}, noon.Add(-2*time.Minute)
			t.Receipt = &netcore.Receipt{Files: 318, Bytes: 42.1e9, Root: []byte{0x3f, 0x9a, 0x11, 0xc0, 0x7d, 0, 1, 2}}
		}), 2),
		changed(set(out(netcore.Done, "archive.tar"), func(t *netcore.Transfer) {
			t.Files, t.DoneFiles, t.Bytes, t.DoneBytes, t.Paths = 12, 9, 4e8, 3e8, []string{"/home/kim/archive"}
			t.FailedCount, t.Ended, t.Active = 3, noon.Add(-time.Minute), 3*time.Minute
			for i := range 3 {
				t.FailedEntries = append(t.FailedEntries, netcore.EntryError{Path: fmt.Sprintf("archive/part %d", i), Err: netcore.ErrUnread})
			}
		}), 3),
		changed(set(ended(out(netcore.Paused, "a very long name of a film that nobody can read to its end.mkv"), netcore.ErrPaused, false), func(t *netcore.Transfer) {
			t.Files, t.Bytes, t.DoneBytes = 1, 8e9, 3e9
		}), 4),
		changed(set(in(netcore.Running, "季度报告.docx"), func(t *netcore.Transfer) {
			t.Files, t.Bytes, t.DoneBytes, t.Rate, t.Left, t.Dir = 4, 48e6, 31e6, 11.2e6, 2*time.Second, "/home/kim/Downloads/Ferry"
		}), 5),
		changed(set(out(netcore.Running, "disk image.iso"), func(t *netcore.Transfer) {
			t.Files, t.Bytes, t.DoneBytes, t.Rate, t.Left = 1, 4.7e9, 2.1e9, 112e6, 23*time.Second
		}), 6),
	)
}

// yesteryear fills the history.
func (h *harness) yesteryear() {
	h.people()
	names := []string{"photos.zip", "report.pdf", "季度报告.docx", "Holiday in Norway", "setup.exe", "song.flac"}
	for i := range 40 {
		t := out(netcore.Done, names[i%len(names)])
		if i%3 == 1 {
			t = in(netcore.Done, names[i%len(names)])
		}
		if i%7 == 3 {
			t = ended(out(netcore.Failed, names[i%len(names)]), netcore.ErrLost, false)
		}
		t.ID, t.Peer = transferID(500+i), somebody([]string{"Anna", "客厅电脑"}[i%2])
		t.Started = noon.Add(-time.Duration(i*i) * time.Hour)
		t.Ended = t.Started.Add(time.Minute)
		t.DoneBytes, t.Bytes, t.Files, t.DoneFiles = int64(i+1)*7e6, int64(i+1)*7e6, 1, 1
		t.Paths = []string{"/in/" + names[i%len(names)]}
		h.node.past.transfers = append(h.node.past.transfers, t)
	}
}

// written is a text to send.
const written = "Wi-Fi: Fjord guest\nPassword: grüne-Wolke-42 客厅\n\nhttps://example.org/a/very/long/address/that/does/not/fit/into/one/line/of/the/sheet?and=more"

// moved has a transfer be seen moving for a while.
func (h *harness) moved(id netcore.TransferID) {
	l := new(speedLog)
	for i := range 90 {
		l.add(noon.Add(time.Duration(i)*time.Second), float64(60+i%17*3+i/3)*1e6)
	}
	h.speeds[id] = l
}

// surfaces are all that a person can see, by name.
func surfaces() map[string]func(*harness) {
	open := func(section int) func(*harness) {
		return func(h *harness) { h.people(); h.node.auto = nil; h.openSettings(section) }
	}
	all := map[string]func(*harness){
		"connect":    func(h *harness) { h.people(); h.askConnect() },
		"address":    func(h *harness) { h.people(); h.showAddress() },
		"visible":    func(h *harness) { h.people(); h.askVisibility() },
		"text":       func(h *harness) { h.people(); h.askText(somebody("Anna")); h.texting.field.SetText(written) },
		"text-empty": func(h *harness) { h.people(); h.askText(somebody("客厅电脑")) },
		"text-long": func(h *harness) {
			h.people()
			h.askText(somebody("Anna"))
			h.texting.paste(strings.Repeat(written+"\n", 2000))
		},
		"text-received": func(h *harness) {
			h.movement()
			h.tell(changed(with(in(netcore.Done, "Text 2026-05-20 12.00.txt"), func(t *netcore.Transfer) {
				t.Files, t.DoneFiles, t.Bytes, t.DoneBytes, t.Dir = 1, 1, 210, 210, "/home/kim/Downloads/Ferry"
				t.Paths, t.Started, t.Ended = []string{"/in/Text 2026-05-20 12.00.txt"}, noon.Add(-time.Second), noon
				t.Active = time.Second
			}), 7))
			h.showDetails(h.view.items[slices.IndexFunc(h.view.items, func(it item) bool { return it.ID == transferID(7) })])
		},
		"text-limit": func(h *harness) {
			h.people()
			h.askText(somebody("Anna"))
			h.texting.paste(strings.Repeat(written, mostText))
		},
		"empty":         func(h *harness) { h.draw() },
		"transfers":     (*harness).movement,
		"history":       func(h *harness) { h.yesteryear(); h.main.open(pageHistory) },
		"history-empty": func(h *harness) { h.people(); h.main.open(pageHistory) },
		"details": func(h *harness) {
			h.movement()
			h.moved(transferID(5))
			h.main.transfers.list.actions.do[doDetails](h.view.items[1])
		},
		"details-files":    func(h *harness) { h.movement(); h.openFiles(h.view.items[1], assorted()) },
		"details-failed":   func(h *harness) { h.movement(); h.showDetails(h.view.items[3]) },
		"settings-device":  open(sectionDevice),
		"settings-receive": open(sectionReceive),
		"settings-network": func(h *harness) {
			h.settings.now.Interfaces, h.settings.now.Port = []string{"eth0", "usb0"}, 9000
			h.node.diagnosis.Port = 9000
			open(sectionNetwork)(h)
		},
		"settings-port": func(h *harness) { open(sectionNetwork)(h); h.typePort("80") },
		"renew":         func(h *harness) { h.people(); h.askRenew() },
		"settings-strange": func(h *harness) {
			h.movement()
			h.tell(netcore.Warning{Kind: netcore.WarnSettings, Err: &netcore.SettingsError{Keys: []string{"visibility"}, Hides: true}})
		},
		"settings-look":    open(sectionLook),
		"settings-desktop": func(h *harness) { h.opts.HasTray = func() bool { return true }; open(sectionDesktop)(h) },
		"settings-help":    func(h *harness) { h.opts.LogDir = "/home/kim/.config/ferry/log"; open(sectionHelp)(h) },
		"first-name":       func(h *harness) { h.welcome() },
		"first-inbox":      func(h *harness) { h.welcomeInbox() },
		"quit":             func(h *harness) { h.movement(); h.askToQuit() },
		"help":             func(h *harness) { h.people(); h.showHelp() },
		"history-clear":    func(h *harness) { h.yesteryear(); h.main.open(pageHistory); h.main.history.askToClear() },
		"hover-card":       func(h *harness) { h.people(); h.dragOver(h.sidebar.cards.live[somebody("Anna").ID]) },
		"hover-away": func(h *harness) {
			h.people()
			h.dragOver(h.sidebar.cards.live[somebody("Bernd’s laptop with a long name").ID])
		},
		"hover-beside": func(h *harness) { h.movement(); h.dragOver(h.main.root) },
		"stop": func(h *harness) {
			h.movement()
			it := h.view.items[1]
			it.DoneFiles = 3
			h.askToStop(it)
		},
	}
	maps.Copy(all, trustSurfaces())
	maps.Copy(all, pictureSurfaces())
	maps.Copy(all, stateSurfaces())
	return all
}
