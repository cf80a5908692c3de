package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// maxLog is the size in bytes at which a log file is put aside. One older
// file is kept, so that both take twice that.
const maxLog = 1 << 20

// A logger writes to a file in a folder, and warnings also to stderr.
type logger struct {
	*slog.Logger
	file io.Closer
}

// openLog opens the log in dir and makes it the one that package log writes to as
// well, at level debug: some libraries are noisy. With an error, the logger
// that is returned writes to stderr only.
func openLog(dir string, level slog.Level, stderr io.Writer) (*logger, error) {
	var handler slog.Handler = slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: max(level, slog.LevelWarn)})
	file, err := openLimited(filepath.Join(dir, "ferry.log"), maxLog)
	l := &logger{file: io.NopCloser(nil)}
	if err == nil {
		l.file = file
		handler = slog.NewMultiHandler(handler, slog.NewTextHandler(file, &slog.HandlerOptions{Level: level}))
	}
	l.Logger = slog.New(handler)
	slog.SetDefault(l.Logger)
	slog.SetLogLoggerLevel(slog.LevelDebug)
	return l, err
}

// Close closes the file. What is logged later goes to stderr only.
func (l *logger) Close() error { return l.file.Close() }

// A limited is a file that begins anew when it has grown to a limit; what was
// in it is then in another one, with ".1" to its name.
type limited struct {
	mu    sync.Mutex
	path  string
	limit int64
	size  int64
	file  *os.File
}

func openLimited(path string, limit int64) (*limited, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	l := &limited{path: path, limit: limit}
	return l, l.open()
}

func (l *limited) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.size = f, info.Size()
	return nil
}

// Write implements io.Writer. It may be called from any goroutine.
func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && l.size+int64(len(p)) > l.limit {
		if err := l.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(p)
	l.size += int64(n)
	return n, err
}

func (l *limited) rotate() error {
	if err := l.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(l.path, l.path+".1"); err != nil {
		return err
	}
	return l.open()
}

func (l *limited) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
