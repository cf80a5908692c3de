//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strconv"
	"sync"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"go.uber.org/goleak"

	"ferry/ui/xdrag"
)

// A client is a program on an X server, with windows of its own, that no window manager touches.
type client struct {
	t    testing.TB
	conn *xgb.Conn
}

func newClient(t testing.TB) *client {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return &client{t: t, conn: conn}
}

func (c *client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// window makes a window and shows it, on top of those that there are.
func (c *client) window(x, y int16, width, height uint16) xproto.Window {
	c.t.Helper()
	id, err := xproto.NewWindowId(c.conn)
	c.must(err)
	root := xproto.Setup(c.conn).DefaultScreen(c.conn)
	c.must(xproto.CreateWindowChecked(c.conn, root.RootDepth, id, root.Root, x, y, width, height, 0,
		xproto.WindowClassInputOutput, root.RootVisual, xproto.CwOverrideRedirect, []uint32{1}).Check())
	c.must(xproto.MapWindowChecked(c.conn, id).Check())
	return id
}

func (c *client) atom(name string) xproto.Atom {
	c.t.Helper()
	reply, err := xproto.InternAtom(c.conn, false, uint16(len(name)), name).Reply()
	c.must(err)
	return reply.Atom
}

// own makes a window the owner of what is dragged.
func (c *client) own(source xproto.Window) {
	c.t.Helper()
	c.must(xproto.SetSelectionOwnerChecked(c.conn, source, c.atom("XdndSelection"), xproto.TimeCurrentTime).Check())
}

// list lists the types of what is dragged.
func (c *client) list(source xproto.Window, types ...string) {
	c.t.Helper()
	value := make([]byte, 4*len(types))
	for i, name := range types {
		xgb.Put32(value[4*i:], uint32(c.atom(name)))
	}
	c.must(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, source, c.atom("XdndTypeList"),
		xproto.AtomAtom, 32, uint32(len(types)), value).Check())
}

// A watch remembers what it was told of drags.
type watch struct {
	t    testing.TB
	mu   sync.Mutex
	over bool
	at   image.Point
}

func (w *watch) tell(over bool, at image.Point) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over, w.at = over, at
}

func (w *watch) check(over bool, at image.Point) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != over || over && w.at != at {
		return fmt.Errorf("told over %v at %v, not %v at %v", w.over, w.at, over, at)
	}
	return nil
}

// await waits until it was told that files are over the window, at a place in it.
func (w *watch) await(what string, x, y int) {
	w.t.Helper()
	eventually(w.t, what, func() error { return w.check(true, image.Pt(x, y)) })
}

// awaitNo waits until it was told that none are.
func (w *watch) awaitNo(what string) {
	w.t.Helper()
	eventually(w.t, what, func() error { return w.check(false, image.Point{}) })
}

// TestWhatCountsAsADrag: on an X server without a window manager, by a client that owns the selection as programs do that
// let something be dragged.
func TestWhatCountsAsADrag(t *testing.T) {
	s := &screen{t: t, home: shortDir(t), display: startX(t, 1), scale: 1}
	t.Setenv("DISPLAY", s.display)
	mouse := func(args ...string) { t.Helper(); s.must("xdotool", args...) }
	move := func(x, y int) { t.Helper(); mouse("mousemove", strconv.Itoa(x), strconv.Itoa(y)) }

	ferry, files, other := newClient(t), newClient(t), newClient(t)
	target := ferry.window(200, 100, 300, 200)
	source := files.window(0, 0, 10, 10)
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := &watch{t: t}
	ended := make(chan error, 1)
	go func() { ended <- xdrag.Watch(ctx, uint32(target), w.tell) }()

	move(250, 150)
	mouse("mousedown", "1")
	eventually(t, "a drag", func() error { // it takes a moment until Watch watches
		files.own(source)
		return w.check(true, image.Pt(50, 50))
	})
	move(199, 150)
	w.awaitNo("left of the window")
	move(499, 299)
	w.await("its last pixel", 299, 199)
	move(500, 299)
	w.awaitNo("right of it")
	move(250, 150)
	w.await("in it again", 50, 50)

	files.list(source, "text/plain", "UTF8_STRING", "STRING", "TEXT")
	w.awaitNo("text")
	files.list(source, "text/plain", "UTF8_STRING", "STRING", "text/uri-list")
	w.await("files that are text too", 50, 50)

	cover := other.window(240, 0, 100, 400)
	w.awaitNo("below another window")
	other.must(xproto.UnmapWindowChecked(other.conn, cover).Check())
	w.await("without that", 50, 50)
	files.window(240, 140, 100, 100)
	move(251, 151)
	w.await("below the picture of what is dragged", 51, 51)
	ferry.must(xproto.UnmapWindowChecked(ferry.conn, target).Check())
	w.awaitNo("a hidden window")
	ferry.must(xproto.MapWindowChecked(ferry.conn, target).Check())
	w.await("a shown one", 51, 51)

	for _, end := range []struct {
		what      string
		end, undo func()
	}{
		{"Escape", func() { mouse("keydown", "Escape") }, func() { mouse("keyup", "Escape") }},
		{"the button is up, and the selection still owned", func() { mouse("mouseup", "1") }, func() { mouse("mousedown", "1") }},
		{"nobody owns the selection", func() { files.own(xproto.WindowNone) }, func() {}},
		{"the owner is gone", func() { files.must(xproto.DestroyWindowChecked(files.conn, source).Check()) },
			func() { source = files.window(0, 0, 10, 10) }},
	} {
		end.end()
		w.awaitNo(end.what)
		end.undo()
		files.own(source)
		w.await("a drag after: "+end.what, 51, 51)
	}

	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	w.awaitNo("it ends")
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// TestAServerThatIsNotThere: whoever watches is told, and nothing is left behind.
func TestAServerThatIsNotThere(t *testing.T) {
	t.Setenv("DISPLAY", ":7131")
	if err := xdrag.Watch(t.Context(), 1, func(bool, image.Point) {}); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("watching a server that is not there: %v", err)
	}
}
