package ui

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"ferry/netcore"
)

// UI runs a function on the goroutine that may touch widgets, and does not
// wait for it. It may be called from any goroutine.
type UI func(func())

// Options are what a window may be told. The zero value is a sensible choice.
type Options struct {
	UI  UI           // nil means fyne.Do
	Log *slog.Logger // nil discards the log

	// Dir is the config folder, where settings that are changed in the window
	// are saved. Empty means that they are not.
	Dir string
	// Settings are those that the node begins with.
	Settings netcore.Settings
	// First is whether this is the first start: then the window asks for a name and an inbox.
	First bool
	// LogDir is where the log is; empty if there is none.
	LogDir string
	// Autostart starts Ferry with the session; nil where that cannot be had.
	Autostart Switch
	// HasTray is whether the desktop has a place for Ferry while its window is closed. It may change, see
	// [Window.TrayChanged], and is called on the UI goroutine; nil means that there never will be one.
	HasTray func() bool

	// Hidden is whether the window is shown only when it is asked for. It needs a tray.
	Hidden bool

	// Notifier shows notices on the desktop; nil means Fyne's, which have no
	// buttons.
	Notifier Notifier

	// For tests. after runs a function on the UI goroutine after some time,
	// pick asks for files as the desktop does, and now is the time.
	after func(time.Duration, func())
	pick  picker
	now   func() time.Time
}

// A Switch is something of the desktop's that is on or off. Its methods may block, and may be called from any
// goroutine.
type Switch interface {
	On() (bool, error)
	Set(on bool) error
}

// A Node is what a window needs of a netcore.Node.
type Node interface {
	Self() netcore.Peer
	Inbox() string
	Peers() []netcore.Peer
	Known() []netcore.Peer
	Forget(id netcore.PeerID)
	Verify(ctx context.Context, id netcore.PeerID) error
	SetNickname(id netcore.PeerID, name string)
	SetAutoAccept(id netcore.PeerID, a netcore.AutoAccept) error
	Block(id netcore.PeerID)
	Unblock(id netcore.PeerID)
	SetName(name string)
	SetPicture(path string) error
	Connect(ctx context.Context, address string) (netcore.Peer, error)
	Ticket() string
	Diagnose() netcore.Diagnosis
	Visibility() (netcore.Visibility, time.Time)
	SetVisibility(v netcore.Visibility, d time.Duration)
	Send(to netcore.PeerID, paths []string) (netcore.TransferID, error)
	Cancel(id netcore.TransferID, keep netcore.Keep)
	Pause(id netcore.TransferID)
	Resume(id netcore.TransferID)
	Retry(id netcore.TransferID) (netcore.TransferID, error)
	SetLimits(limits netcore.Limits)
	SetInbox(dir string) error
	SetInterfaces(names []string)
	Interfaces() []netcore.Interface
	SetPort(port uint16) error
	Renew() (old string, err error)
	Past(q netcore.Query) ([]netcore.Transfer, error)
	Underway() ([]netcore.Transfer, error)
	SetHistory(limit, days int)
	DropPast(ids ...netcore.TransferID) error
	SendAgain(id netcore.TransferID) (netcore.TransferID, error)
	Files(id netcore.TransferID) (netcore.Files, error)
	Dealings(id netcore.PeerID) (netcore.Dealings, error)
}

// A Window is Ferry's window. It implements netcore.Handler; Event and Offer
// may be called from any goroutine, the other methods from the UI goroutine
// (or from main, before ShowAndRun).
type Window struct {
	app   fyne.App
	win   fyne.Window
	log   *slog.Logger
	ui    UI
	after func(time.Duration, func())
	pick  picker
	now   func() time.Time
	node  Node // nil until Attach

	model *model
	view  view // what is drawn now

	sidebar    *sidebar
	main       *mainArea
	notifier   Notifier
	hidden     bool // it was closed into the tray, or started there
	toasts     *toasts
	tips       *tips
	sheets     []*sheet                  // from bottom to top
	asking     *chooser                  // "send to whom?", while it is open
	stopping   *stopSheet                // "keep what is there?", while it is open
	setting    *settingsSheet            // the last one that was opened
	detailed   *detailsSheet             // so
	connecting *connectSheet             // so
	texting    *textSheet                // so
	drafts     map[netcore.PeerID]string // texts that were written and not sent
	texts      texts
	quitting   bool // "quit?" is being asked
	quitLater  bool // it closes when nothing moves any more
	speeds     speeds
	warned     warnedLog
	networks   []knownInterface // those that were there since the start, or are chosen
	restart    bool             // when it has closed, the program is to start again
	offers     *offerQueue
	verifyings []*verifying
	allowing   *alwaysSheet       // the last one that was opened
	menu       *menu              // the last one that was opened
	filing     *dialog.FileDialog // Fyne's own chooser, while it is open
	naming     *entry             // the field for a nickname, of the last sheet that was opened
	content    *fyne.Container    // all of the window that is below its sheets
	presence   presence
	hover      hover

	dir      string // the config folder; may be empty
	opts     Options
	settings choices

	away          atomic.Bool // another window has the focus
	quiet, silent atomic.Bool // notices are not wanted, or without a sound
	ended         context.Context
	end           context.CancelFunc
	work          sync.WaitGroup // goroutines of background
}

var _ netcore.Handler = (*Window)(nil)

// New makes the window. It shows nothing until it is shown.
func New(a fyne.App, opts Options) *Window {
	w := &Window{app: a, log: opts.Log, after: opts.after, pick: opts.pick, now: opts.now, model: newModel(), dir: opts.Dir, opts: opts, speeds: make(speeds), drafts: make(map[netcore.PeerID]string)}
	w.settings.now = opts.Settings
	w.wearTheme()
	speakLanguage(opts.Settings.Language)
	w.ended, w.end = context.WithCancel(context.Background())
	w.ui = w.gate(opts.UI)
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.after == nil {
		w.after = func(d time.Duration, f func()) { time.AfterFunc(d, func() { w.ui(f) }) }
	}
	if w.pick == nil {
		w.pick = pickWithPortal
	}
	if w.now == nil {
		w.now = time.Now
	}
	var err error
	if w.texts, err = newTexts(w.dir); err != nil {
		w.log.Warn("no place for texts", "error", err)
	}
	w.model.arrived = w.texts.arrived
	w.followNotices()
	if w.notifier = opts.Notifier; w.notifier == nil {
		w.notifier = plainNotifier{a}
	}
	w.build()
	return w
}

// gate lets nothing through once the window has ended: Fyne then runs what it
// is given on whatever goroutine that comes from.
func (w *Window) gate(ui UI) UI {
	if ui == nil {
		ui = fyne.Do
	}
	return func(f func()) {
		ui(func() {
			if w.ended.Err() == nil {
				f()
			}
		})
	}
}

func (w *Window) build() {
	w.win = w.app.NewWindow(w.app.Metadata().Name)
	w.win.SetPadded(false)
	w.win.SetMaster()
	w.win.Resize(w.sizeAtFirst())
	w.assemble()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(w.closing)
	w.addHabits()
	w.app.Lifecycle().SetOnEnteredForeground(func() { w.away.Store(false) })
	w.app.Lifecycle().SetOnExitedForeground(func() { w.away.Store(true) })
}

// assemble makes all that is in the window, in the language of now.
func (w *Window) assemble() {
	w.toasts = newToasts(w)
	w.tips = newTips(w)
	w.sidebar = newSidebar(w)
	w.main = newMainArea(w)
	w.hover.hint = newDropHint()
	w.win.SetContent(w.frame())
}

// Attach gives the window its node. Call it once, before the node runs.
func (w *Window) Attach(n Node) {
	w.node, w.texts.node = n, n
	for _, p := range slices.Concat(n.Known(), n.Peers()) {
		w.model.apply(netcore.PeerChanged{Peer: p})
	}
	w.introduce()
	w.presence.began = w.now()
	w.sweepTexts()
	if w.opts.First {
		w.welcome()
	}
}

// introduce says who this device is.
func (w *Window) introduce() {
	w.sidebar.setSelf(w.node.Self())
	w.sidebar.setVisibility(w.node.Visibility())
	w.sidebar.setInbox(w.node.Inbox())
}

// ShowAndRun shows the window and returns when it was closed and all
// goroutines that it started have ended.
func (w *Window) ShowAndRun() {
	w.work.Go(w.beat)
	stopProbe := w.startProbe()
	w.setTray()
	if w.hidden = w.opts.Hidden && w.hasTray(); w.hidden {
		w.away.Store(true)
		w.app.Run()
	} else {
		w.win.ShowAndRun()
	}
	w.end()
	stopProbe()
	w.work.Wait()
}

// Event implements netcore.Handler.
func (w *Window) Event(ev netcore.Event) {
	if warning, ok := ev.(netcore.Warning); ok {
		w.warned.add(w.now(), warning)
	}
	w.model.apply(ev)
	if ev, ok := ev.(netcore.TransferChanged); ok && w.texts.spent(ev.Transfer) {
		w.ui(func() { w.dropTexts(ev.Transfer.Paths) }) // after all that was sent in one go is known
	}
}

// Quit closes the window without asking. It may be called from any goroutine, also before the window is
// shown: then it closes at once.
func (w *Window) Quit() { w.ui(w.quit) }

func (w *Window) quit() {
	w.keepSize()
	w.main.history.flush()
	w.end()
	w.win.Close()
	w.app.Quit()
}

// background runs what may block. The context ends with the window.
func (w *Window) background(work func(context.Context)) {
	w.work.Go(func() { work(w.ended) })
}
