package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"ferry/netcore"
)

const (
	// mostText is how much text can be sent at once, in bytes.
	mostText = 1 << 20
	// textAge is how long a text is kept that did not arrive: so long it can be sent again.
	textAge = 30 * 24 * time.Hour
	// textNames is how many texts of one minute there can be.
	textNames = 1000
)

// A text travels as a file. texts is the private folder in the config folder where those files are for as long as a
// transfer may read them, also one that waits for its peer over a restart. Its methods but has may block.
type texts struct {
	dir  string // empty: nothing can be kept
	node Node   // nil until there is one
}

// textName matches what keep makes, in every language. Nothing else in the folder is ever touched.
var textName = regexp.MustCompile(`^\D+ \d{4}-\d\d-\d\d \d\d\.\d\d( \(\d+\))?\.txt$`)

func newTexts(config string) (texts, error) {
	if config == "" {
		return texts{}, nil
	}
	dir, err := filepath.Abs(filepath.Join(config, "texts"))
	return texts{dir: dir}, err
}

// keep writes a text to a file of its own; name is what its name begins with.
func (x texts) keep(name, text string) (path string, err error) {
	if x.dir == "" {
		return "", errors.New("there is no config folder")
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return "", err
	}
	for n := range textNames {
		number := ""
		if n > 0 {
			number = fmt.Sprintf(" (%d)", n)
		}
		path = filepath.Join(x.dir, name+number+".txt")
		err = write(path, text)
		if !errors.Is(err, fs.ErrExist) {
			return path, err
		}
	}
	return "", err
}

// write makes a file that is not there yet; of one that cannot be written nothing stays.
func write(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// has reports whether a path is that of a text.
func (x texts) has(path string) bool {
	return x.dir != "" && filepath.Dir(path) == x.dir && textName.MatchString(filepath.Base(path))
}

// arrived reports whether a transfer was a text, and nothing else, and all of it is there: what was sent is not kept.
func (x texts) arrived(t netcore.Transfer) bool {
	return x.spent(t) && !slices.ContainsFunc(t.Paths, func(p string) bool { return !x.has(p) })
}

// spent reports whether a transfer that was made of a text, among others perhaps, has arrived.
func (x texts) spent(t netcore.Transfer) bool {
	return t.Direction == netcore.Outgoing && t.State == netcore.Done && t.FailedCount == 0 && slices.ContainsFunc(t.Paths, x.has)
}

// drop removes those of paths that are texts which no transfer is made of, or only such as have arrived. The others
// may be sent again.
func (x texts) drop(paths []string) (err error) {
	for _, path := range paths {
		if !x.has(path) {
			continue
		}
		needed, unread := x.needed(path)
		if unread != nil || needed {
			err = errors.Join(err, unread)
			continue
		}
		err = errors.Join(err, remove(path))
	}
	return err
}

// needed reports whether a transfer is made of a text and has not arrived.
func (x texts) needed(path string) (bool, error) {
	underway, err := x.node.Underway()
	if err != nil || slices.ContainsFunc(underway, uses(path)) {
		return true, err
	}
	past, err := x.node.Past(netcore.Query{Text: filepath.Base(path), Limit: textNames})
	return slices.ContainsFunc(past, func(t netcore.Transfer) bool {
		return uses(path)(t) && !(t.State == netcore.Done && t.FailedCount == 0)
	}), err
}

// sweep removes the texts that are old, and of which no transfer on its way is made.
func (x texts) sweep(now time.Time) error {
	if x.dir == "" {
		return nil
	}
	files, err := os.ReadDir(x.dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil // nothing was ever written
		}
		return err
	}
	underway, err := x.node.Underway()
	if err != nil {
		return err // some may be needed
	}
	for _, f := range files {
		path := filepath.Join(x.dir, f.Name())
		info, unread := f.Info()
		if unread != nil || !info.Mode().IsRegular() || !x.has(path) || now.Sub(info.ModTime()) < textAge {
			continue
		}
		if !slices.ContainsFunc(underway, uses(path)) {
			err = errors.Join(err, remove(path))
		}
	}
	return err
}

// uses reports whether an outgoing transfer is made of a path. One that nobody has read yet knows names only.
func uses(path string) func(netcore.Transfer) bool {
	return func(t netcore.Transfer) bool {
		return t.Direction == netcore.Outgoing && (slices.Contains(t.Paths, path) ||
			len(t.Paths) == 0 && slices.Contains(t.Names, filepath.Base(path)))
	}
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// dropTexts removes those of paths that are texts which nobody needs.
func (w *Window) dropTexts(paths []string) {
	if !slices.ContainsFunc(paths, w.texts.has) {
		return
	}
	w.background(func(context.Context) {
		if err := w.texts.drop(paths); err != nil {
			w.log.Warn("remove a text", "error", err)
		}
	})
}

// sweepTexts removes what earlier runs have left and nobody needs.
func (w *Window) sweepTexts() {
	now := w.now()
	w.background(func(context.Context) {
		if err := w.texts.sweep(now); err != nil {
			w.log.Warn("remove old texts", "error", err)
		}
	})
}
