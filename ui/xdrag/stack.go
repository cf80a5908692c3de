//go:build linux

package xdrag

import (
	"errors"
	"image"
	"slices"

	"github.com/jezek/xgb/xproto"
)

// The server knows which window is below the pointer, but that is mostly the picture of what is dragged. So it is
// looked for here which one lies below that.

// topLevel is the ancestor of the watched window that is a child of the root, or that window itself if it is one.
func (w *watcher) topLevel() (xproto.Window, error) {
	for at := w.window; ; {
		tree, err := xproto.QueryTree(w.conn, at).Reply()
		if err != nil || tree.Parent == tree.Root || tree.Parent == xproto.WindowNone {
			return at, err
		}
		at = tree.Parent
	}
}

// isSeen reports whether the watched window is what is seen at one of its pixels, which is there on the root.
func (d *drag) isSeen(at, onRoot image.Point) (bool, error) {
	own, err := d.ask(d.window).answer()
	if err != nil || !own.shown || !at.In(image.Rectangle{Max: own.area.Size()}) {
		return false, err
	}
	tree, err := xproto.QueryTree(d.conn, xproto.Setup(d.conn).DefaultScreen(d.conn).Root).Reply()
	if err != nil {
		return false, err
	}
	above := tree.Children[slices.Index(tree.Children, d.frame)+1:]
	asked := make([]question, len(above))
	for i, other := range above {
		asked[i] = d.ask(other)
	}
	covered := false
	for i, q := range asked {
		other, err := q.answer()
		covered = covered || err == nil && other.shown && onRoot.In(other.area) && !(other.free && d.isOwners(above[i]))
	}
	return !covered, nil
}

// isOwners reports whether a window is of the same client as the owner of the selection. All that a client makes has
// a number that begins with the client's.
func (d *drag) isOwners(other xproto.Window) bool {
	client := ^xproto.Window(xproto.Setup(d.conn).ResourceIdMask)
	return other&client == d.owner&client
}

// A shape is where a window is on its parent, and whether it is to be seen there.
type shape struct {
	area  image.Rectangle
	shown bool
	free  bool // no window manager manages it: menus, and pictures of what is dragged
}

// A question for a window's shape is on its way to the server, so that many take the time of one.
type question struct {
	place xproto.GetGeometryCookie
	state xproto.GetWindowAttributesCookie
}

func (d *drag) ask(of xproto.Window) question {
	return question{xproto.GetGeometry(d.conn, xproto.Drawable(of)), xproto.GetWindowAttributes(d.conn, of)}
}

// answer is an error if the window is gone.
func (q question) answer() (shape, error) {
	g, err1 := q.place.Reply()
	a, err2 := q.state.Reply()
	if err := errors.Join(err1, err2); err != nil {
		return shape{}, err
	}
	corner := image.Pt(int(g.X), int(g.Y))
	border := 2 * int(g.BorderWidth)
	size := image.Pt(int(g.Width)+border, int(g.Height)+border)
	return shape{
		area:  image.Rectangle{Min: corner, Max: corner.Add(size)},
		shown: a.MapState == xproto.MapStateViewable && a.Class == xproto.WindowClassInputOutput,
		free:  a.OverrideRedirect,
	}, nil
}
