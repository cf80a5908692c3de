package inbox

import (
	"io/fs"
	"strings"
)

// A walker goes to folders by their paths in the inbox, and keeps those open
// that lead to where it is. It follows no link. The zero walker of an Inbox is
// ready for use; close it in the end.
type walker struct {
	in   *Inbox
	open []*folder // each in the one before it
}

// at returns the folder local, which is good until the next call. The error is
// fs.ErrNotExist or errInTheWay if no such folder is there.
func (w *walker) at(local string) (*folder, error) {
	for len(w.open) > 0 && !within(local, w.open[len(w.open)-1].local) {
		w.up()
	}
	f := w.in.base
	if n := len(w.open); n > 0 {
		f = w.open[n-1]
	}
	for f.local != local {
		name, _, _ := strings.Cut(strings.TrimPrefix(local[len(f.local):], "/"), "/")
		root, _, _, err := w.in.openIn(f, name, nil)
		if err != nil {
			return nil, err
		}
		path := join(f.local, name)
		f = &folder{wire: path, local: path, root: root}
		w.open = append(w.open, f)
	}
	return f, nil
}

func (w *walker) up() {
	last := len(w.open) - 1
	w.open[last].close()
	w.open = w.open[:last]
}

func (w *walker) close() {
	for len(w.open) > 0 {
		w.up()
	}
}

// within reports whether path is folder or in it.
func within(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || rest[0] == '/')
}

// find returns the folder that local is in, and what is there under its name.
func (w *walker) find(local string) (f *folder, name string, info fs.FileInfo, err error) {
	parent, name := split(local)
	if f, err = w.at(parent); err == nil {
		info, err = f.root.Lstat(name)
	}
	return f, name, info, err
}
