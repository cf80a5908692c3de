// Package single lets one window run for each config folder: a program that is
// started while another one runs hands over what it was asked to open, and
// ends.
//
// Who is the first is decided by a lock on a file, which the system lets go of
// however the program ends. What is handed over goes through a Unix socket
// (Windows has them, too) that only this user can reach: it lies in a folder that is
// closed to others. Its path is written into a file of the config folder, since a path of
// more than about 100 bytes cannot be that of a socket.
package single

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrTaken is returned by Take when another program is the one.
var ErrTaken = errors.New("another window runs already")

const (
	lockFile    = "window.lock"
	addressFile = "window.addr"
	socketFile  = "window.sock"

	maxSocketPath = 100      // bytes; the least that systems allow is 103
	maxRequest    = 8 << 20  // bytes
	maxPath       = 32 << 10 // bytes
	requestTime   = 5 * time.Second
	firstTime     = 10 * time.Second // until the first program listens
)

// A Request is what a second program hands to the first. Paths are absolute, and any bytes.
type request struct {
	Paths [][]byte `json:"paths"`
}

// reply is empty if all went well.
type reply struct {
	Error string `json:"error,omitempty"`
}

// An Instance is the right to be the one program of a config folder. A nil one is that of a program that
// could not find out whether it is: it serves nobody.
type Instance struct {
	lock     *flock.Flock
	listener net.Listener
	dir      string
	temp     string // the folder of the socket, if that is not dir
}

// Take makes this program the one of the config folder dir, until Close or its
// end. It returns ErrTaken if there is one.
func Take(dir string) (*Instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	i := &Instance{lock: flock.New(filepath.Join(dir, lockFile)), dir: dir}
	switch first, err := i.lock.TryLock(); {
	case err != nil:
		return nil, err
	case !first:
		return nil, ErrTaken
	}
	if err := i.listen(); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

// listen opens the socket, and writes down where it is.
func (i *Instance) listen() error {
	path := filepath.Join(i.dir, socketFile)
	if len(path) > maxSocketPath {
		temp, err := os.MkdirTemp("", "ferry-")
		if err != nil {
			return err
		}
		i.temp, path = temp, filepath.Join(temp, socketFile)
	}
	// One that was killed leaves its socket; it held the lock that is ours now.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	i.listener = l
	return replaceFile(filepath.Join(i.dir, addressFile), []byte(path))
}

// replaceFile writes a small file all or nothing.
func replaceFile(path string, data []byte) error {
	temp := path + ".tmp"
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// Serve calls open with the paths that each later program hands over, perhaps none, until
// ctx ends. Calls do not overlap.
func (i *Instance) Serve(ctx context.Context, open func(paths []string)) error {
	if i == nil {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { i.listener.Close() })
	defer stop()
	for {
		c, err := i.listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		serve(ctx, c, open)
	}
}

// serve takes one request. A program that says nothing holds up others for a few seconds only.
func serve(ctx context.Context, c net.Conn, open func(paths []string)) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(requestTime)); err != nil {
		return
	}
	paths, err := readRequest(c)
	var answer reply
	if err != nil {
		answer.Error = err.Error()
	} else {
		open(paths)
	}
	_ = json.NewEncoder(c).Encode(answer) // whoever has gone meanwhile needs none
}

func readRequest(r io.Reader) ([]string, error) {
	var req request
	if err := json.NewDecoder(io.LimitReader(r, maxRequest)).Decode(&req); err != nil {
		return nil, fmt.Errorf("not understood: %w", err)
	}
	paths := make([]string, 0, len(req.Paths))
	for _, p := range req.Paths {
		path := string(p)
		if len(path) > maxPath || !filepath.IsAbs(path) || strings.ContainsRune(path, 0) {
			return nil, errors.New("not a path")
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// Close lets another program be the one.
func (i *Instance) Close() error {
	if i == nil {
		return nil
	}
	var errs []error
	if i.listener != nil {
		if err := i.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
		errs = append(errs, os.Remove(filepath.Join(i.dir, addressFile)))
	}
	if i.temp != "" {
		errs = append(errs, os.RemoveAll(i.temp))
	}
	return errors.Join(append(errs, i.lock.Unlock())...)
}

// Hand gives paths, perhaps none, to the program that is the one of dir, which shows its
// window. A program that has only just started is waited for.
func Hand(ctx context.Context, dir string, paths []string) error {
	ctx, cancel := context.WithTimeout(ctx, firstTime)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := hand(ctx, dir, paths)
		var never *net.OpError
		if err == nil || !errors.As(err, &never) && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%w, but it does not answer: %w", ErrTaken, err)
		}
	}
}

func hand(ctx context.Context, dir string, paths []string) error {
	address, err := os.ReadFile(filepath.Join(dir, addressFile))
	if err != nil {
		return err
	}
	c, err := new(net.Dialer).DialContext(ctx, "unix", string(address))
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(requestTime)); err != nil {
		return err
	}
	var req request
	for _, p := range paths {
		req.Paths = append(req.Paths, []byte(p))
	}
	if err := json.NewEncoder(c).Encode(req); err != nil {
		return err
	}
	var answer reply
	if err := json.NewDecoder(io.LimitReader(c, maxRequest)).Decode(&answer); err != nil {
		return fmt.Errorf("%w, but it does not answer: %w", ErrTaken, err)
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	return nil
}
