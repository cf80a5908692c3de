//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"time"
)

// A scene is what a window shows at one moment, as it tells over its probe.
type scene struct {
	Title   string
	Scale   float64
	Width   float64 // of the client area, in pixels
	Height  float64
	Widgets []widget // the visible and enabled ones
}

// A widget is something that can be read or clicked. Its place is in pixels
// from the client area's upper left corner.
type widget struct {
	ID         string
	Text       string
	X, Y, W, H float64
}

func (w widget) center() point { return point{int(w.X + w.W/2), int(w.Y + w.H/2)} }

// look asks a window for its scene.
func look(socket string) (scene, error) {
	var s scene
	conn, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		return s, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return s, err
	}
	err = json.NewDecoder(conn).Decode(&s)
	return s, err
}

// find returns the first widget that is wanted.
func (s scene) find(wanted query) (widget, bool) {
	for _, w := range s.Widgets {
		if wanted(w) {
			return w, true
		}
	}
	return widget{}, false
}

func (s scene) String() string {
	var b strings.Builder
	for _, w := range s.Widgets {
		fmt.Fprintf(&b, "\n\t%s %q at %v,%v size %vx%v", w.ID, w.Text, w.X, w.Y, w.W, w.H)
	}
	return b.String()
}

// A query says which widget is meant.
type query func(widget) bool

// id is the widget with that ID that has the words in its text, in
// whatever case.
func id(id string, words ...string) query {
	return func(w widget) bool { return w.ID == id && w.says(words) }
}

// peer is the card of the peer with that name.
func peer(name string) query {
	return func(w widget) bool { return strings.HasPrefix(w.ID, "peer:") && w.says([]string{name}) }
}

// chooser is the peer with that name among those to choose from.
func chooser(name string) query {
	return func(w widget) bool { return strings.HasPrefix(w.ID, "chooser:") && w.says([]string{name}) }
}

// row is the row of a transfer that says the words.
func row(words ...string) query {
	return func(w widget) bool {
		return strings.HasPrefix(w.ID, "transfer:") && !strings.Contains(w.ID, ".") && w.says(words)
	}
}

func (w widget) says(words []string) bool {
	for _, word := range words {
		if !strings.Contains(strings.ToLower(w.Text), strings.ToLower(word)) {
			return false
		}
	}
	return true
}
