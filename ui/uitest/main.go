//go:build uitest

// Command uitest opens the window with made-up peers, transfers and offers, to
// look at it:
//
//	go run -tags uitest ./ui/uitest empty|silent|alone|away|peers|offer|tight|rows|unfinished|many|warning|clone
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"ferry/assets"
	"ferry/netcore"
	"ferry/ui"
)

func main() {
	scene := "rows"
	if len(os.Args) > 1 {
		scene = os.Args[1]
	}
	app.SetMetadata(fyne.AppMetadata{ID: "local.ferry.uitest", Name: "Ferry", Icon: fyne.NewStaticResource("icon.png", assets.Icon)})
	a := app.New()
	if err := ui.LoadTranslations(); err != nil {
		panic(err)
	}
	a.Settings().SetTheme(ui.NewTheme())
	w := ui.New(a, ui.Options{Settings: netcore.Settings{Limits: netcore.Limits{Upload: 2_500_000}}})
	w.Attach(node{scene: scene})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	show(ctx, w, scene)
	w.ShowAndRun()
}

func show(ctx context.Context, w *ui.Window, scene string) {
	switch scene {
	case "empty", "silent", "alone":
		return
	case "away":
		away(w)
		return
	}
	peers := []netcore.Peer{
		peer("Anna", "linux", "192.168.1.20"), peer("Bob's Laptop", "windows", "192.168.1.31"),
		peer("客厅的电脑", "darwin", "192.168.1.44"), peer("evil\u202egpj.exe\nname that goes on and on and on", "plan9", "fe80::1"),
	}
	for _, p := range peers {
		w.Event(netcore.PeerChanged{Peer: p})
	}
	switch scene {
	case "offer":
		rows(w, peers)
		go w.Offer(ctx, offer(peers[0], 3, 100<<30))
	case "tight":
		go w.Offer(ctx, offer(peers[3], 12, 1000))
	case "rows":
		rows(w, peers)
	case "unfinished":
		unfinished(w, peers)
	case "warning":
		rows(w, peers)
		w.Event(netcore.Warning{Kind: netcore.WarnPort})
	case "clone":
		w.Event(netcore.Warning{Kind: netcore.WarnClone})
	case "many":
		go many(ctx, w, peers[0])
	}
}

// away shows devices that are known and not here, and what waits for them.
func away(w *ui.Window) {
	for _, known := range []struct {
		peer netcore.Peer
		ago  time.Duration
	}{
		{peer("Anna", "linux", "192.168.1.20"), 5 * time.Minute}, {peer("Bob's Laptop", "windows", "192.168.1.31"), 26 * time.Hour},
		{peer("客厅的电脑", "darwin", "192.168.1.44"), 90 * 24 * time.Hour},
	} {
		known.peer.Online, known.peer.Known, known.peer.Seen = false, true, time.Now().Add(-known.ago)
		w.Event(netcore.PeerChanged{Peer: known.peer})
		for i, name := range []string{"holiday.mp4", "季度报告.xlsx"} {
			t := netcore.Transfer{ID: id(i), Peer: known.peer, State: netcore.Queued, Names: []string{name}, Err: &netcore.Error{Err: netcore.ErrOffline}}
			if known.peer.Name == "Anna" {
				w.Event(netcore.TransferChanged{Transfer: t})
			}
		}
	}
}

// many keeps 200 transfers moving, to see what that costs.
func many(ctx context.Context, w *ui.Window, p netcore.Peer) {
	const total = 1 << 40
	for n := int64(0); ctx.Err() == nil; n++ {
		for i := range 200 {
			w.Event(netcore.TransferChanged{Transfer: netcore.Transfer{
				ID: id(i), Peer: p, State: netcore.Running, Names: []string{fmt.Sprintf("film-%03d.mkv", i)}, Files: 1,
				Bytes: total, DoneBytes: n * 1e9 % total, Rate: 1e8 + float64(n), Left: time.Duration(n) * time.Second,
			}})
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func rows(w *ui.Window, peers []netcore.Peer) {
	anna, bob, li := peers[0], peers[1], peers[2]
	fail := func(kind error, remote bool) *netcore.Error { return &netcore.Error{Err: kind, Remote: remote} }
	for i, t := range []netcore.Transfer{
		{Peer: bob, State: netcore.Failed, Names: []string{"backup-2026.tar"}, Bytes: 8e11, Err: fail(netcore.ErrNoSpace, true)},
		{Peer: anna, State: netcore.Cancelled, Direction: netcore.Incoming, Names: []string{"slides.key"}, Err: fail(netcore.ErrCancelled, true)},
		{Peer: bob, State: netcore.Declined, Names: []string{"report.pdf", "a", "b", "c"}, Err: fail(netcore.ErrDeclined, true)},
		{Peer: li, State: netcore.Done, Direction: netcore.Incoming, Names: []string{"照片"}, Files: 318, Folders: 2, Bytes: 42e9, DoneBytes: 42e9,
			Paths: []string{"/tmp/照片"}, RenamedCount: 2, Renamed: []netcore.Rename{{Path: "照片/a:b.jpg", Local: "照片/a_b.jpg"}, {Path: "照片/CON", Local: "照片/CON_"}}},
		{Peer: anna, State: netcore.Done, Names: []string{"music"}, Files: 318, Bytes: 42e9, DoneBytes: 41e9, Paths: []string{"/tmp/music"},
			FailedCount: 1, FailedEntries: []netcore.EntryError{{Path: "music/locked.flac", Err: netcore.ErrUnread}}},
		{Peer: anna, State: netcore.Done, Direction: netcore.Incoming, Names: []string{"invoice\u202efdp.exe"}, Files: 1, Bytes: 48000, DoneBytes: 48000, Paths: []string{"/tmp/x"}},
		{Peer: bob, State: netcore.Queued, Paths: []string{"/tmp/A very long name of a file that does not fit into a row of this window however wide it may be made (final version 3).docx"}},
		{Peer: bob, State: netcore.Offered, Names: []string{"notes.txt"}, Bytes: 1200},
		{Peer: anna, State: netcore.Running, Names: []string{"holiday.mp4"}, Files: 1, Bytes: 48e6, DoneBytes: 31e6, Rate: 112e6, Left: 3 * time.Second},
		{Peer: bob, State: netcore.Paused, Names: []string{"backup-2026.tar"}, Files: 1, Bytes: 48e6, DoneBytes: 31e6, Err: fail(netcore.ErrLost, false)},
		{Peer: li, State: netcore.Running, Direction: netcore.Incoming, Names: []string{"季度报告.xlsx", "x"}, Files: 2, Bytes: 3.2e9, DoneBytes: 0.4e9, Rate: 38e6, Left: 75 * time.Second},
	} {
		t.ID = id(i)
		w.Event(netcore.TransferChanged{Transfer: t})
	}
}

// unfinished shows transfers that wait, that have most of what they need, and
// that can be sent again.
func unfinished(w *ui.Window, peers []netcore.Peer) {
	anna, bob, li := peers[0], peers[1], peers[2]
	paused := func(kind error, remote bool) *netcore.Error { return &netcore.Error{Err: kind, Remote: remote} }
	for i, t := range []netcore.Transfer{
		{Peer: bob, State: netcore.Cancelled, Names: []string{"draft.docx"}, Err: paused(netcore.ErrCancelled, false)},
		{Peer: anna, State: netcore.Done, Names: []string{"music", "more music"}, Files: 318, Folders: 12, Links: 3, Bytes: 42e9, DoneBytes: 41e9, DoneFiles: 316,
			Paths: []string{"/tmp/music"}, FailedCount: 2, FailedEntries: []netcore.EntryError{
				{Path: "music/locked.flac", Local: "/home/you/music/locked.flac", Err: netcore.ErrUnread},
				{Path: "music/run/player.sock", Local: "/home/you/music/run/player.sock", Err: netcore.ErrSkipped}},
			Receipt: &netcore.Receipt{Files: 316, Bytes: 41e9, Failed: 2, Root: []byte("0123456789abcdef0123456789abcdef")}},
		{Peer: li, State: netcore.Done, Names: []string{"照片"}, Files: 318, Bytes: 42e9, DoneBytes: 42e9, Found: 41e9, ChangedCount: 2, Paths: []string{"/tmp/照片"}},
		{Peer: bob, State: netcore.Paused, Names: []string{"backup-2026.tar"}, Files: 1, Bytes: 48e6, DoneBytes: 31e6, Err: paused(netcore.ErrLost, false)},
		{Peer: bob, State: netcore.Paused, Names: []string{"films"}, Files: 40, Bytes: 800e9, DoneBytes: 310e9, Err: paused(netcore.ErrNoSpace, true)},
		{Peer: anna, State: netcore.Paused, Direction: netcore.Incoming, Names: []string{"archive.zip"}, Files: 1, Bytes: 48e9, DoneBytes: 31e9, Err: paused(netcore.ErrNoSpace, false)},
		{Peer: li, State: netcore.Paused, Names: []string{"季度报告.xlsx"}, Files: 1, Bytes: 48e6, DoneBytes: 31e6, Err: paused(netcore.ErrPaused, true)},
		{Peer: anna, State: netcore.Paused, Names: []string{"holiday.mp4"}, Files: 1, Bytes: 48e6, DoneBytes: 31e6, Err: paused(netcore.ErrPaused, false)},
		{Peer: anna, State: netcore.Running, Names: []string{"website"}, Files: 318, Bytes: 42e9, DoneBytes: 41.2e9, Found: 41e9, FoundFiles: 312, DoneFiles: 313,
			ChangedCount: 1, Rate: 112e6, Left: 8 * time.Second},
		{Peer: li, State: netcore.Running, Direction: netcore.Incoming, Names: []string{"照片", "x"}, Files: 318, Bytes: 3.2e9, DoneBytes: 0.4e9, DoneFiles: 44, Rate: 38e6, Left: 75 * time.Second},
	} {
		t.ID = id(i)
		w.Event(netcore.TransferChanged{Transfer: t})
	}
}

func offer(p netcore.Peer, n int, free int64) netcore.Offer {
	o := netcore.Offer{ID: id(99), Peer: p, Inbox: "/home/you/Downloads/Ferry", Free: free}
	names := []string{"report.pdf", "Photos of the summer", "季度报告 final.xlsx"}
	for i := range n {
		name, kind := fmt.Sprintf("file-%02d.bin", i), netcore.File
		if i < len(names) {
			name = names[i]
		}
		if i == 1 {
			kind = netcore.Folder
			o.Folders++
		} else {
			o.Files++
		}
		o.Top = append(o.Top, netcore.Entry{Path: name, Kind: kind, Size: int64(i+1) * 1.4e6})
		o.Bytes += int64(i+1) * 1.4e6
	}
	o.Top = append(o.Top, netcore.Entry{Path: "latest", Kind: netcore.Link, Target: "Photos of the summer/2026"})
	o.Links++
	return o
}

func peer(name, system, addr string) netcore.Peer {
	return netcore.Peer{ID: sha256.Sum256([]byte(name)), Name: name, System: system, Online: true,
		Addrs: []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr(addr), netcore.DefaultPort)}}
}

func id(i int) netcore.TransferID { return netcore.TransferID{byte(i), byte(i >> 8), 1} }

// A node answers what the scenes ask of it.
type node struct {
	ui.Node // nil: the rest is not asked
	scene   string
}

func (node) Inbox() string                           { return "/home/you/Downloads/Ferry" }
func (node) Peers() []netcore.Peer                   { return nil }
func (node) Cancel(netcore.TransferID, netcore.Keep) {}
func (node) Pause(netcore.TransferID)                {}
func (node) Resume(netcore.TransferID)               {}
func (node) SetLimits(netcore.Limits)                {}

func (node) Forget(netcore.PeerID)                        {}
func (node) Verify(context.Context, netcore.PeerID) error { return nil }
func (node) SetNickname(netcore.PeerID, string)           {}
func (node) Block(netcore.PeerID)                         {}
func (node) Unblock(netcore.PeerID)                       {}
func (node) SetName(string)                               {}

func (node) SetAutoAccept(netcore.PeerID, netcore.AutoAccept) error { return nil }

func (node) Known() []netcore.Peer { return nil }

func (n node) Self() netcore.Peer {
	p := peer("Kim's Desktop", "linux", "192.168.1.7")
	if n.scene == "alone" {
		p.Addrs = nil
	}
	return p
}

func (n node) Ticket() string {
	return "ferry:" + n.Self().ID.String() + "?at=192.168.1.7%3A7776&at=%5B2001%3Adb8%3A%3A7%5D%3A7776"
}

func (n node) Diagnose() netcore.Diagnosis {
	d := netcore.Diagnosis{Port: netcore.DefaultPort, Announced: true, Heard: time.Now(), Interfaces: []netcore.Interface{
		{Name: "eth0", Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.7"), netip.MustParseAddr("2001:db8::7")}},
		{Name: "wlan0", Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.8")}, Wireless: true}}}
	switch n.scene {
	case "alone":
		return netcore.Diagnosis{Port: netcore.DefaultPort}
	case "silent":
		d.Multicast = errors.New("in use")
	}
	return d
}

func (node) Visibility() (netcore.Visibility, time.Time)         { return netcore.VisibleToAll, time.Time{} }
func (node) SetVisibility(v netcore.Visibility, d time.Duration) {}

// Connect takes some time, and then reaches nobody.
func (node) Connect(ctx context.Context, address string) (netcore.Peer, error) {
	select {
	case <-ctx.Done():
		return netcore.Peer{}, ctx.Err()
	case <-time.After(2 * time.Second):
		return netcore.Peer{}, &netcore.Error{Op: "connect", Peer: address, Err: netcore.ErrTimeout}
	}
}

func (node) Retry(netcore.TransferID) (netcore.TransferID, error)      { return id(1001), nil }
func (node) Send(netcore.PeerID, []string) (netcore.TransferID, error) { return id(1000), nil }
