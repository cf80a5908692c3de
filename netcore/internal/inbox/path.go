package inbox

import (
	"fmt"
	"io/fs"
	"strings"

	"ferry/netcore/internal/fault"
)

// Limits of a path that a peer may send.
const (
	maxPath  = 4096 // bytes
	maxParts = 128
	maxPart  = 1024 // bytes
)

// CheckPath is the gate for names: it tells whether a path that a peer sent can
// be an entry of an offer. It can if it is relative and valid UTF-8, its parts
// are separated by single slashes, none of them is "." or ".." or holds a NUL,
// and it is at most 4096 bytes and 128 parts of at most 1024 bytes long.
//
// An honest sender never sends any other, so one that fails is reason to refuse
// the offer as a whole. The error wraps fault.BadName and does not quote the
// path.
func CheckPath(path string) error {
	switch {
	case len(path) > maxPath:
		return badName("the path is longer than %d bytes", maxPath)
	case !fs.ValidPath(path) || path == ".":
		return badName("the path is not a plain relative one")
	case strings.IndexByte(path, 0) >= 0:
		return badName("there is a NUL in the path")
	case strings.Count(path, "/") >= maxParts:
		return badName("the path has more than %d parts", maxParts)
	}
	for part := range strings.SplitSeq(path, "/") {
		if len(part) > maxPart {
			return badName("a name is longer than %d bytes", maxPart)
		}
	}
	return nil
}

func badName(format string, args ...any) error {
	return fmt.Errorf("%w: %s", fault.BadName, fmt.Sprintf(format, args...))
}

// split cuts a path into its parent, "" for the inbox itself, and its last part.
func split(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// join is the reverse of split.
func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "/" + name
}

// top returns the first part of a path.
func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
