//go:build linux

// Package xdrag tells where files are dragged over a window of an X server.
//
// The toolkit that draws the window hears of a drop, but of nothing before it: what is told here is for drawing where
// the drop would go, and never for deciding where it goes.
//
// A program that lets something be dragged owns the selection XdndSelection from then on. The X server tells of
// that ([Watch] asks for it on a connection of its own), and nothing else is asked until then. From then until the drag is over, it is
// asked [Rate] times a second where the pointer is. Programs differ in how long they keep the selection, some until the
// next drag: the drag is over when nobody owns it any more, when no button of the mouse is down, or when Escape is, whichever
// is seen first.
//
// What is dragged counts as files unless its owner lists its types (XdndTypeList) and text/uri-list is
// not among them. An owner of three types or fewer need not list them.
//
// The toolkit does not notice either that the pointer has left the window: what was lit below it stays lit. [Watch] does, and lets the toolkit
// hear of a pointer that has moved to beside the window, which is what it waits for.
//
// Under Wayland a window of an X client is on an X server too (Xwayland), which knows where the pointer is as long as the drag comes from
// another X client. Of other drags nothing is told.
package xdrag

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
)

// Rate is how often a second it is looked where the pointer is, during a drag.
const Rate = 20

// A Tell is told that files are dragged over the window, at a pixel counted from its upper left corner; or, if not over, that
// they no longer are. It is called when that has changed, by one goroutine at a time, which waits for it.
type Tell func(over bool, at image.Point)

func init() {
	xgb.Logger.SetOutput(io.Discard) // what it says of a lost connection comes as an error too
}

// Watch watches drags over a window of the server that DISPLAY names until ctx ends. It returns nil then, and an error if
// the server cannot be watched or is gone. Everything that it started has ended when it returns.
//
// Watch may be called from any goroutine, but only once at a time in a process: xgb keeps what it knows of a server's
// extensions in variables of the package.
func Watch(ctx context.Context, window uint32, tell Tell) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("watch drags: %w", err)
	}
	defer end(conn)
	stop := context.AfterFunc(ctx, conn.Close)
	defer stop()
	w := &watcher{conn: conn, window: xproto.Window(window), tell: tell}
	if err = w.prepare(); err == nil {
		err = w.run(ctx)
	}
	if ctx.Err() != nil {
		return nil // whatever failed, failed because of that
	}
	return fmt.Errorf("watch drags: %w", err)
}

// end closes a connection, and waits until its goroutines have ended.
func end(conn *xgb.Conn) {
	conn.Close()
	for {
		if ev, err := conn.WaitForEvent(); ev == nil && err == nil {
			return
		}
	}
}

// A watcher watches one window. One goroutine uses it.
type watcher struct {
	conn   *xgb.Conn
	window xproto.Window
	tell   Tell

	selection, types, files xproto.Atom // XdndSelection, XdndTypeList, text/uri-list
	over                    bool        // as was told last
	at                      image.Point // so
}

// prepare asks the server to tell of drags.
func (w *watcher) prepare() error {
	if err := xfixes.Init(w.conn); err != nil {
		return err
	}
	if _, err := xfixes.QueryVersion(w.conn, 2, 0).Reply(); err != nil { // else it refuses the rest
		return err
	}
	for name, atom := range map[string]*xproto.Atom{
		"XdndSelection": &w.selection, "XdndTypeList": &w.types, "text/uri-list": &w.files,
	} {
		reply, err := xproto.InternAtom(w.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return err
		}
		*atom = reply.Atom
	}
	if err := w.watchLeaving(); err != nil {
		return err
	}
	root := xproto.Setup(w.conn).DefaultScreen(w.conn).Root
	return xfixes.SelectSelectionInputChecked(w.conn, root, w.selection,
		xfixes.SelectionEventMaskSetSelectionOwner|
			xfixes.SelectionEventMaskSelectionWindowDestroy|
			xfixes.SelectionEventMaskSelectionClientClose).Check()
}

// run follows one drag after the other until the connection is closed.
func (w *watcher) run(ctx context.Context) error {
	for {
		ev, err := w.conn.WaitForEvent()
		if ev == nil && err == nil {
			return errClosed
		}
		w.followOut(ev)
		if owner := ownerIn(ev); owner != xproto.WindowNone {
			if err := w.follow(ctx, owner); err != nil {
				return err
			}
		}
	}
}

var errClosed = errors.New("the connection to the X server is closed")

// ownerIn is the new owner of the selection that an event tells of.
func ownerIn(ev xgb.Event) xproto.Window {
	if change, ok := ev.(xfixes.SelectionNotifyEvent); ok {
		return change.Owner
	}
	return xproto.WindowNone
}

// follow tells of a drag until it is over.
func (w *watcher) follow(ctx context.Context, owner xproto.Window) error {
	defer w.say(false, image.Point{})
	d, err := w.newDrag(owner)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(time.Second / Rate)
	defer ticker.Stop()
	for {
		now, err := d.look()
		if err != nil || !now.going {
			return err
		}
		w.say(now.over, now.at)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		for ev, err := w.conn.PollForEvent(); ev != nil || err != nil; ev, err = w.conn.PollForEvent() {
			if _, ok := ev.(xfixes.SelectionNotifyEvent); ok {
				d.owner = ownerIn(ev)
			}
		}
	}
}

// say tells what has changed.
func (w *watcher) say(over bool, at image.Point) {
	if over != w.over || over && at != w.at {
		w.over, w.at = over, at
		w.tell(over, at)
	}
}
