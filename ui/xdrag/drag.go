//go:build linux

package xdrag

import (
	"errors"
	"image"
	"slices"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const (
	// mostTypes is how many types of what is dragged are looked at.
	mostTypes = 256
	// keyEscape is the keysym of Escape.
	keyEscape = 0xff1b
	// buttons are those that something can be dragged with.
	buttons = xproto.KeyButMaskButton1 | xproto.KeyButMaskButton2 | xproto.KeyButMaskButton3
)

// A drag is something that is being dragged, perhaps.
type drag struct {
	*watcher
	owner  xproto.Window    // of the selection; none once the drag is over
	frame  xproto.Window    // the window manager's around the one that is watched, or that one itself
	escape []xproto.Keycode // the keys that are Escape
}

// A sight is what was seen of a drag at one moment.
type sight struct {
	going bool        // it is not over
	over  bool        // files are dragged, and over what can be seen of the window
	at    image.Point // where, if so
}

func (w *watcher) newDrag(owner xproto.Window) (*drag, error) {
	escape, err := w.keysOf(keyEscape)
	if err != nil {
		return nil, err
	}
	frame, err := w.topLevel()
	return &drag{watcher: w, owner: owner, frame: frame, escape: escape}, err
}

// keysOf are the keys with that meaning, in whatever group or level.
func (w *watcher) keysOf(meaning xproto.Keysym) (keys []xproto.Keycode, err error) {
	setup := xproto.Setup(w.conn)
	first := setup.MinKeycode
	all, err := xproto.GetKeyboardMapping(w.conn, first, byte(setup.MaxKeycode-first+1)).Reply()
	if err != nil {
		return nil, err
	}
	for i, of := range all.Keysyms {
		if of == meaning {
			keys = append(keys, first+xproto.Keycode(i/int(all.KeysymsPerKeycode)))
		}
	}
	return keys, nil
}

// look asks the server how the drag stands.
func (d *drag) look() (sight, error) {
	if d.owner == xproto.WindowNone {
		return sight{}, nil
	}
	asked := xproto.QueryPointer(d.conn, d.window)
	keymap := xproto.QueryKeymap(d.conn)
	types := xproto.GetProperty(d.conn, false, d.owner, d.types, xproto.AtomAtom, 0, mostTypes)
	pointer, err1 := asked.Reply()
	keys, err2 := keymap.Reply()
	listed, gone := types.Reply()
	if err := errors.Join(err1, err2); err != nil || gone != nil {
		return sight{}, err
	}
	if pointer.Mask&buttons == 0 || d.escaped(keys.Keys) {
		return sight{}, nil
	}
	s := sight{going: true, at: image.Pt(int(pointer.WinX), int(pointer.WinY))}
	if !d.isFiles(listed) {
		return s, nil
	}
	var err error
	s.over, err = d.isSeen(s.at, image.Pt(int(pointer.RootX), int(pointer.RootY)))
	return s, err
}

// escaped reports whether Escape is down in a map of all keys, a bit each.
func (d *drag) escaped(keys []byte) bool {
	return slices.ContainsFunc(d.escape, func(k xproto.Keycode) bool {
		return int(k/8) < len(keys) && keys[k/8]&(1<<(k%8)) != 0
	})
}

// isFiles reports whether the types that an owner lists, if it does, are those of files.
func (d *drag) isFiles(listed *xproto.GetPropertyReply) bool {
	if listed.Type != xproto.AtomAtom || listed.Format != 32 {
		return true // it lists none
	}
	for of := range slices.Chunk(listed.Value, 4) {
		if len(of) == 4 && xproto.Atom(xgb.Get32(of)) == d.files {
			return true
		}
	}
	return false
}
