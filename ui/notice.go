package ui

import (
	"context"

	"fyne.io/fyne/v2"
)

// A Notice is something that a person should see who is looking at another window.
type Notice struct {
	Title string
	Text  string // may hold names that strangers chose, made safe to show
	// Actions are buttons. Where there can be none, Chosen is not called.
	Actions []Action
	// Chosen is called at most once, on any goroutine, with the ID of the action that was chosen;
	// [ShowAction] if the notice itself was clicked. It may be nil.
	Chosen func(id string)
}

// An Action is a button of a Notice.
type Action struct {
	ID    string // unique in the notice, not empty
	Label string
}

// ShowAction is the ID of the action that a click on the notice itself means.
const ShowAction = "show"

// A Notifier shows notices on the desktop.
type Notifier interface {
	// Notify shows a notice until it was answered or ctx ends, and may return earlier. It is called
	// on a goroutine of its own. An error means that nothing was shown.
	Notify(ctx context.Context, n Notice) error
}

// plainNotifier shows Fyne's notices, which have no buttons.
type plainNotifier struct{ app fyne.App }

func (p plainNotifier) Notify(_ context.Context, n Notice) error {
	p.app.SendNotification(fyne.NewNotification(n.Title, n.Text))
	return nil
}

// notify shows a notice if the person is looking at another window; it is withdrawn when ctx ends.
func (w *Window) notify(ctx context.Context, n Notice) {
	if !w.away.Load() || w.quiet.Load() {
		return
	}
	w.background(func(ended context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stop := context.AfterFunc(ended, cancel)
		defer stop()
		err := w.notifier.Notify(ctx, n)
		if err == nil || ctx.Err() != nil {
			return
		}
		w.log.Debug("notice", "error", err)
		if err := (plainNotifier{w.app}).Notify(ctx, n); err != nil {
			w.log.Debug("notice", "error", err)
		}
	})
}

// followNotices takes over what a person has chosen about notices.
func (w *Window) followNotices() {
	w.quiet.Store(w.settings.now.Quiet)
	w.silent.Store(w.settings.now.Silent)
}

// Silent reports whether notices are to make no sound. It may be called from any goroutine.
func (w *Window) Silent() bool { return w.silent.Load() }
