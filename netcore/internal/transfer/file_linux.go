package transfer

import (
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A rawFile is an open file without what package os does for each: a place in the poller,
// which regular files have no use for, and a finalizer. With thousands of small files that
// is a good part of the work. It belongs to one goroutine.
type rawFile struct {
	fd   int
	path string
	info rawInfo // of the last Stat
}

func openLocal(local string) (sourceFile, error) {
	fd, err := again(func() (int, error) { return unix.Open(local, openFlags|unix.O_CLOEXEC, 0) })
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: local, Err: err}
	}
	return &rawFile{fd: fd, path: local}, nil
}

// again repeats what a signal has interrupted.
func again(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != unix.EINTR {
			return n, err
		}
	}
}

func (f *rawFile) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		m, err := again(func() (int, error) { return unix.Pread(f.fd, p[n:], at+int64(n)) })
		if err != nil {
			return n, f.failed("read", err)
		}
		if m == 0 {
			return n, io.EOF
		}
		n += m
	}
	return n, nil
}

func (f *rawFile) Seek(offset int64, whence int) (int64, error) {
	at, err := unix.Seek(f.fd, offset, whence)
	if err != nil {
		return at, f.failed("seek", err)
	}
	return at, nil
}

// Stat returns what is good until the next call.
func (f *rawFile) Stat() (fs.FileInfo, error) {
	if _, err := again(func() (int, error) { return 0, unix.Fstat(f.fd, &f.info.stat) }); err != nil {
		return nil, f.failed("stat", err)
	}
	return &f.info, nil
}

func (f *rawFile) Close() error { return unix.Close(f.fd) }

func (f *rawFile) failed(op string, err error) error {
	return &os.PathError{Op: op, Path: f.path, Err: err}
}

// A rawInfo is what the system says of something in a folder of a source, but for its name.
type rawInfo struct{ stat unix.Stat_t }

func (i *rawInfo) Name() string       { return "" }
func (i *rawInfo) Size() int64        { return i.stat.Size }
func (i *rawInfo) ModTime() time.Time { return time.Unix(i.stat.Mtim.Unix()) }
func (i *rawInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i *rawInfo) Sys() any           { return &i.stat }

func (i *rawInfo) Mode() fs.FileMode {
	mode := fs.FileMode(i.stat.Mode) & fs.ModePerm
	switch i.stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return mode
	case unix.S_IFDIR:
		return mode | fs.ModeDir
	case unix.S_IFLNK:
		return mode | fs.ModeSymlink
	case unix.S_IFIFO:
		return mode | fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return mode | fs.ModeSocket
	case unix.S_IFBLK:
		return mode | fs.ModeDevice
	case unix.S_IFCHR:
		return mode | fs.ModeDevice | fs.ModeCharDevice
	}
	return mode | fs.ModeIrregular
}
