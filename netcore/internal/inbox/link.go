package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
)

// maxTarget is the longest target of a link, in bytes.
const maxTarget = 4096

// CheckTarget tells whether a symbolic link at path may point to target, as the
// sender says it. It may if target is relative, its parts separated by slashes,
// and does not lead above the first part of path, in whatever way the links of
// one delivery are combined. For that, ".." may only stand at its beginning:
// behind a name it would lead to wherever that name, which may be a link, is.
//
// The error wraps fault.Skipped and does not quote the target.
func CheckTarget(path, target string) error {
	switch {
	case target == "" || len(target) > maxTarget:
		return skipped("its target is empty or longer than %d bytes", maxTarget)
	case target[0] == '/' || strings.IndexByte(target, 0) >= 0:
		return skipped("its target is not a plain relative path")
	}
	depth := strings.Count(path, "/") // folders that the link is in
	named := false
	for part := range strings.SplitSeq(target, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; named {
				return skipped("its target goes up behind a name")
			}
		default:
			named = true
		}
	}
	if depth < 1 {
		return skipped("its target leads out of what is sent")
	}
	return nil
}

func skipped(format string, args ...any) error {
	return fmt.Errorf("%w: a link: %s", fault.Skipped, fmt.Sprintf(format, args...))
}

// target returns what a link to target, which has passed CheckTarget, points to
// here: its parts have the names that files of these names get.
func (r nameRules) target(target string) (string, error) {
	if r.drives && strings.ContainsAny(target, `\:`) {
		return "", skipped("its target is a drive, a server or a stream")
	}
	parts := strings.Split(target, "/")
	for i, part := range parts {
		if part != "" && part != "." && part != ".." && utf8.ValidString(part) {
			parts[i] = r.local(part)
		}
	}
	return strings.Join(parts, "/"), nil
}

// Link makes the symbolic link e, with the folders that it is in. A link of that
// name and target that is there already is used; if something else has the name,
// the link gets the next free one.
//
// The error wraps fault.Skipped if CheckTarget refuses the target, or if this
// system, its filesystem or its user cannot make links.
func (d *Delivery) Link(e Entry) error {
	if err := CheckPath(e.Path); err != nil {
		return err
	}
	err := CheckTarget(e.Path, e.Target)
	if err != nil {
		return err
	}
	if e.Target, err = d.in.names.target(e.Target); err != nil {
		return err
	}
	d.results.appear(e.Path)
	parent, part := split(e.Path)
	f, err := d.front.enter(parent, true)
	if err != nil {
		return unwritten(err)
	}
	name := d.in.names.local(part)
	for n := range maxNumber + 1 {
		local := d.in.names.numbered(name, n)
		err := d.link(f, local, e)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return unlinked(err)
		}
		d.arrived(e, f, part, local)
		return nil
	}
	return badName("that name and %d like it are taken", maxNumber)
}

// unlinked gives err, which making a link ended with, its kind.
func unlinked(err error) error {
	if cannotSymlink(err) {
		return fmt.Errorf("%w: no links can be made: %w", fault.Skipped, err)
	}
	return unwritten(err)
}

// link makes the link e under the name local in f, unless it is there. The error
// is fs.ErrExist if something else is.
func (d *Delivery) link(f *folder, local string, e Entry) error {
	info, err := f.root.Lstat(local)
	if err == nil {
		if !d.isLink(f, local, e, info) {
			return fs.ErrExist
		}
		d.touch(f) // see Use
		err = d.use(f.root, local, join(f.local, local))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.makeLink(f, local, e)
}

// isLink reports whether what info is of is the link e.
func (d *Delivery) isLink(f *folder, local string, e Entry, info fs.FileInfo) bool {
	if info.Mode()&fs.ModeSymlink == 0 {
		return false
	}
	target, err := f.root.Readlink(local)
	return err == nil && filepath.ToSlash(target) == e.Target && d.owns(e.Path, join(f.local, local), d.in.nameID(f.root, local, info))
}

func (d *Delivery) makeLink(f *folder, local string, e Entry) error {
	r := record{kind: linkIntent, path: join(f.local, local), target: e.Target}
	if err := d.journal.announce(r); err != nil {
		return err
	}
	if err := f.root.Symlink(filepath.FromSlash(e.Target), local); err != nil {
		r.kind = notMade
		return errors.Join(err, d.journal.add(r))
	}
	d.touch(f)
	if sane(e.ModTime) {
		_ = setTimeAt(f.dir, local, e.ModTime) // as far as the filesystem can
	}
	r.kind = linkMade
	if info, err := f.root.Lstat(local); err == nil {
		r.id = d.in.nameID(f.root, local, info)
		d.made(e.Path, r.path, r.id)
	}
	return d.journal.add(r)
}

// nameID is the function of that name, and 0 on filesystems that number a file
// anew whenever they feel like it.
func (in *Inbox) nameID(root *os.Root, name string, info fs.FileInfo) uint64 {
	if in.disk.renumbers {
		return 0
	}
	return nameID(root, name, info)
}

func (in *Inbox) fileID(f *os.File, info fs.FileInfo) uint64 {
	if in.disk.renumbers {
		return 0
	}
	return fileID(f, info)
}
