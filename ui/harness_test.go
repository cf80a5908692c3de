package ui

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// patience is how long a test waits for another goroutine.
const patience = 30 * time.Second

// A harness is a window without a screen: the test's goroutine is the UI
// goroutine, and time passes when the test says so.
type harness struct {
	*Window
	t      testing.TB
	node   *fakeNode
	mu     sync.Mutex
	queue  []func()
	added  chan struct{} // has one element if something was added to queue
	timers []*timer
	now    time.Duration
	picked []string      // what the desktop's chooser returns
	asks   []pickRequest // what it was asked
}

type timer struct {
	at time.Duration
	f  func()
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	speak(t, "en_US.UTF-8")
	a := test.NewTempApp(t)
	a.Settings().SetTheme(NewTheme())
	return newHarnessIn(t, a, netcore.Settings{Limits: netcore.Limits{Upload: 2_500_000}})
}

// newHarnessIn makes a window of an app that may have had others. It wears the app's theme if that is the one of settings.
func newHarnessIn(t testing.TB, a fyne.App, settings netcore.Settings) *harness {
	t.Helper()
	h := &harness{t: t, node: &fakeNode{}, added: make(chan struct{}, 1)}
	h.Window = New(a, Options{
		UI: h.do, after: h.afterFunc, pick: h.pickFiles, now: h.clock,
		Dir: t.TempDir(), Settings: settings,
	})
	t.Cleanup(func() {
		h.end()
		h.drain()
		h.work.Wait()
	})
	h.Attach(h.node)
	h.win.Show()
	h.win.Resize(fyne.NewSize(firstWidth, firstHeight))
	return h
}

// speak chooses a language for the rest of a test.
func speak(t testing.TB, locale string) {
	t.Helper()
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANGUAGE"} {
		t.Setenv(name, "")
	}
	t.Setenv("LANG", locale)
	if err := LoadTranslations(); err != nil {
		t.Fatal(err)
	}
}

func (h *harness) do(f func()) {
	h.mu.Lock()
	h.queue = append(h.queue, f)
	h.mu.Unlock()
	select {
	case h.added <- struct{}{}:
	default:
	}
}

// drain runs what waits for the UI goroutine.
func (h *harness) drain() {
	for {
		h.mu.Lock()
		queue := h.queue
		h.queue = nil
		h.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, f := range queue {
			f()
		}
	}
}

// until runs the UI until something holds.
func (h *harness) until(what string, holds func() bool) {
	h.t.Helper()
	limit := time.After(patience)
	for h.drain(); !holds(); h.drain() {
		select {
		case <-h.added:
		case <-limit:
			h.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// settled runs the UI until nothing in the background is left to do.
func (h *harness) settled() {
	for {
		h.work.Wait()
		h.mu.Lock()
		idle := len(h.queue) == 0
		h.mu.Unlock()
		if idle {
			return
		}
		h.drain()
	}
}

func (h *harness) afterFunc(d time.Duration, f func()) {
	h.timers = append(h.timers, &timer{h.now + d, f})
}

// pass lets time pass.
func (h *harness) pass(d time.Duration) {
	h.now += d
	for _, due := range slices.Clone(h.timers) {
		if due.at <= h.now {
			h.timers = slices.DeleteFunc(h.timers, func(other *timer) bool { return other == due })
			due.f()
		}
	}
}

// noon is when a harness begins.
var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func (h *harness) clock() time.Time { return noon.Add(h.now) }

func (h *harness) pickFiles(_ context.Context, ask pickRequest) ([]string, error) {
	h.asks = append(h.asks, ask)
	return h.picked, nil
}

// tell hands events to the window, and draws.
func (h *harness) tell(events ...netcore.Event) {
	for _, ev := range events {
		h.Event(ev)
	}
	h.draw()
}

func (h *harness) meet(peers ...netcore.Peer) {
	for _, p := range peers {
		h.tell(netcore.PeerChanged{Peer: p})
	}
}

func (h *harness) card(p netcore.Peer) *card {
	h.t.Helper()
	c := h.sidebar.cards.live[p.ID]
	if c == nil {
		h.t.Fatalf("%s has no card", p.Name)
	}
	return c
}

// dropOn drops paths on the middle of an object.
func (h *harness) dropOn(o fyne.CanvasObject, paths ...string) {
	a := h.area(o)
	h.drop(a.pos.AddXY(a.size.Width/2, a.size.Height/2), paths...)
}

func (h *harness) drop(at fyne.Position, paths ...string) {
	var uris []fyne.URI
	for _, p := range paths {
		uris = append(uris, storage.NewFileURI(p))
	}
	h.dropped(at, uris)
	h.settled()
}

func (h *harness) key(name fyne.KeyName) {
	ev := &fyne.KeyEvent{Name: name}
	if focused := h.win.Canvas().Focused(); focused != nil {
		focused.TypedKey(ev)
		return
	}
	h.win.Canvas().OnTypedKey()(ev)
}

// shortcut types keys wherever the focus is.
func (h *harness) shortcut(keys fyne.Shortcut) {
	if focused, ok := h.win.Canvas().Focused().(fyne.Shortcutable); ok {
		focused.TypedShortcut(keys)
		return
	}
	h.win.Canvas().(fyne.Shortcutable).TypedShortcut(keys)
}

// The sections of the settings, as they are in their rail.
const (
	sectionDevice = iota
	sectionReceive
	sectionNetwork
	sectionLook
	sectionDesktop
	sectionHelp
)

// asked waits until an offer is on the screen.
func (h *harness) asked() *offerCard {
	h.t.Helper()
	h.until("an offer", func() bool { return h.offers.first() != nil })
	return h.offers.first()
}

// offer asks about an offer on a goroutine of its own, as a node does.
func (h *harness) offer(ctx context.Context, o netcore.Offer) <-chan netcore.Answer {
	answer := make(chan netcore.Answer, 1)
	go func() { answer <- h.Offer(ctx, o) }()
	return answer
}

func (h *harness) answered(answer <-chan netcore.Answer) netcore.Answer {
	h.t.Helper()
	var got *netcore.Answer
	limit := time.After(patience)
	for got == nil {
		h.drain()
		select {
		case a := <-answer:
			got = &a
		case <-h.added:
		case <-limit:
			h.t.Fatal("no answer")
		}
	}
	h.drain()
	return *got
}

func (h *harness) rowOf(id netcore.TransferID) *row {
	h.t.Helper()
	for _, r := range h.main.transfers.list.rows {
		if r.Visible() && r.item.ID == id {
			return r
		}
	}
	h.t.Fatal("the transfer has no row")
	return nil
}

// A fakeNode remembers what it was told.
type fakeNode struct {
	sent      []sending
	cancelled []netcore.TransferID
	kept      []netcore.Keep // with each of cancelled
	paused    []netcore.TransferID
	resumed   []netcore.TransferID
	retried   []netcore.TransferID
	limits    []netcore.Limits
	refuse    error

	name, inbox string   // as they were set
	pictures    []string // so, each time
	picture     *netcore.Picture
	interfaces  [][]string // so, each time
	cards       []netcore.Interface
	ports       []uint16
	renewed     int
	auto        map[netcore.PeerID]netcore.AutoAccept
	past        fakePast
	files       map[netcore.TransferID]netcore.Files

	known     []netcore.Peer
	forgotten []netcore.PeerID
	diagnosis netcore.Diagnosis
	addrs     []netip.AddrPort // of itself
	visible   netcore.Visibility
	until     time.Time
	seen      []time.Duration // for how long visibility was set
	connect   func(ctx context.Context, address string) (netcore.Peer, error)

	nicknames map[netcore.PeerID]string
	blocked   []netcore.PeerID
	unblocked []netcore.PeerID
	verify    func(ctx context.Context, id netcore.PeerID) error
}

type sending struct {
	to    netcore.PeerID
	paths []string
}

func (n *fakeNode) Known() []netcore.Peer    { return n.known }
func (n *fakeNode) Forget(id netcore.PeerID) { n.forgotten = append(n.forgotten, id) }
func (n *fakeNode) Diagnose() netcore.Diagnosis {
	n.past.mu.Lock() // SetPort runs on other goroutines
	defer n.past.mu.Unlock()
	return n.diagnosis
}
func (n *fakeNode) Inbox() string                { return cmp.Or(n.inbox, "/inbox") }
func (n *fakeNode) SetName(name string)          { n.name = name }
func (n *fakeNode) SetInterfaces(names []string) { n.interfaces = append(n.interfaces, names) }
func (n *fakeNode) Peers() []netcore.Peer        { return nil }
func (n *fakeNode) SetLimits(l netcore.Limits)   { n.limits = append(n.limits, l) }
func (n *fakeNode) Pause(id netcore.TransferID)  { n.paused = append(n.paused, id) }
func (n *fakeNode) Resume(id netcore.TransferID) { n.resumed = append(n.resumed, id) }

func (n *fakeNode) Block(id netcore.PeerID)   { n.blocked = append(n.blocked, id) }
func (n *fakeNode) Unblock(id netcore.PeerID) { n.unblocked = append(n.unblocked, id) }

func (n *fakeNode) SetNickname(id netcore.PeerID, name string) {
	n.nicknames = map[netcore.PeerID]string{id: name}
}

func (n *fakeNode) Verify(ctx context.Context, id netcore.PeerID) error { return n.verify(ctx, id) }

func (n *fakeNode) Self() netcore.Peer {
	p := somebody("Kim")
	p.Name = cmp.Or(n.name, p.Name)
	p.Addrs, p.Picture = n.addrs, n.picture
	return p
}

func (n *fakeNode) Ticket() string {
	if len(n.addrs) == 0 {
		return ""
	}
	return "ferry:" + n.Self().ID.String() + "?at=" + n.addrs[0].String()
}

func (n *fakeNode) Visibility() (netcore.Visibility, time.Time) { return n.visible, n.until }

// SetPicture refuses what refuse says; of what it takes, picture says how that looks.
func (n *fakeNode) SetPicture(path string) error {
	if n.refuse != nil {
		return n.refuse
	}
	n.pictures = append(n.pictures, path)
	return nil
}

func (n *fakeNode) SetVisibility(v netcore.Visibility, d time.Duration) {
	n.visible, n.seen, n.until = v, append(n.seen, d), time.Time{}
	if d > 0 {
		n.until = noon.Add(d)
	}
}

func (n *fakeNode) Connect(ctx context.Context, address string) (netcore.Peer, error) {
	return n.connect(ctx, address)
}

func (n *fakeNode) Cancel(id netcore.TransferID, keep netcore.Keep) {
	n.cancelled, n.kept = append(n.cancelled, id), append(n.kept, keep)
}

func (n *fakeNode) Retry(id netcore.TransferID) (netcore.TransferID, error) {
	n.retried = append(n.retried, id)
	return transferID(100 + len(n.retried)), n.refuse
}

func (n *fakeNode) Send(to netcore.PeerID, paths []string) (netcore.TransferID, error) {
	if n.refuse != nil {
		return netcore.TransferID{}, n.refuse
	}
	n.sent = append(n.sent, sending{to, paths})
	return transferID(len(n.sent)), nil
}

func somebody(name string) netcore.Peer {
	return netcore.Peer{ID: sha256.Sum256([]byte(name)), Name: name, OwnName: name, System: "linux", Online: true}
}

func transferID(n int) netcore.TransferID { return netcore.TransferID{byte(n), byte(n >> 8), 0xff} }

// visit calls see with an object and all that containers in it have.
func visit(o fyne.CanvasObject, see func(fyne.CanvasObject)) {
	see(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			visit(child, see)
		}
	case *container.Scroll:
		visit(o.Content, see)
	}
}
