package transfer

import (
	"cmp"
	"context"
	"os"
	"path"
	"slices"
	"strings"

	"ferry/netcore/internal/inbox"
)

// A Pick is one thing to send, with all that is in it.
type Pick struct {
	Entry string // the path of its entry, of one part or more
	Local string // where it is on this computer, absolute
}

// ScanPicks is [Scan] for exactly these picks, under the paths that they name: for what
// failed in another transfer. Two of one Entry and other places are kept apart, and
// one inside of another one is listed once. A link is followed if its Entry has one
// part, and else listed as a link. The folders above a pick are no entries.
func ScanPicks(ctx context.Context, picks []Pick, dir string, without ...string) (*Source, error) {
	s := newSource(dir)
	s.leaveOut(without)
	return s.filled(func() error {
		above := "" // the last folder that was listed with all that is in it
		for _, p := range inOrder(picks) {
			if above != "" && strings.HasPrefix(p.Entry, above+"/") {
				continue
			}
			folder, err := s.pick(ctx, p)
			if err != nil {
				return err
			}
			if folder != "" {
				above = folder
			}
		}
		return nil
	})
}

// pick lists one pick. It returns its entry if that is a folder which is listed now.
func (s *Source) pick(ctx context.Context, p Pick) (folder string, err error) {
	if err := inbox.CheckPath(p.Entry); err != nil {
		s.skip(p.Entry, p.Local, err)
		return "", nil
	}
	dir, name := path.Split(p.Entry)
	local, info, err := p.Local, os.FileInfo(nil), error(nil)
	if dir == "" {
		local, info, err = follow(p.Local)
	} else if info, err = os.Lstat(p.Local); err != nil {
		err = unreadable(err)
	}
	if err != nil {
		s.skip(p.Entry, p.Local, err)
		return "", nil
	}
	entry := s.freeName(dir, name, info.IsDir())
	if err := s.addPicked(ctx, entry, p.Local, local, info); err != nil {
		return "", err
	}
	if _, listed := s.places[entry]; !listed || !info.IsDir() {
		return "", nil
	}
	return entry, nil
}

// inOrder sorts picks as an offer lists them: what has one first part is
// together, in the order in which those appear; within it, each folder before
// what is in it. Picks that are there twice are there once.
func inOrder(picks []Pick) []Pick {
	place := make(map[string]int)
	for _, p := range picks {
		top, _, _ := strings.Cut(p.Entry, "/")
		if _, ok := place[top]; !ok {
			place[top] = len(place)
		}
	}
	sorted := slices.Clone(picks)
	slices.SortStableFunc(sorted, func(a, b Pick) int {
		topA, _, _ := strings.Cut(a.Entry, "/")
		topB, _, _ := strings.Cut(b.Entry, "/")
		return cmp.Or(
			cmp.Compare(place[topA], place[topB]),
			slices.Compare(strings.Split(a.Entry, "/"), strings.Split(b.Entry, "/")),
			cmp.Compare(a.Local, b.Local),
		)
	})
	return slices.Compact(sorted)
}
