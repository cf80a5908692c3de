//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// filmEnv names a folder that takes a film of TestDragOntoPeer, for the README ("make film"); without it there is none.
const filmEnv = "FERRY_FILM"

// filming reports whether a film is made: then things happen at a pace that can be followed.
func filming() bool { return os.Getenv(filmEnv) != "" }

// filmRate is that of the network then, in megabits per second.
const filmRate = 250

const frameTime = 150 * time.Millisecond

// film takes pictures of the screen until stop is called. The names of the pictures say where the mouse was,
// since it is not on them: 0012-640-480.png.
func (s *screen) film() (stop func()) {
	if !filming() {
		return func() {}
	}
	dir := os.Getenv(filmEnv)
	end := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(frameTime)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			if err := s.frame(dir, n); err != nil {
				s.t.Error(err)
				return
			}
		}
	})
	return func() {
		close(end)
		work.Wait()
	}
}

func (s *screen) frame(dir string, n int) error {
	where, err := s.output("xdotool", "getmouselocation", "--shell")
	if err != nil {
		return err
	}
	fields := strings.Fields(where) // X=640 Y=480 …
	if len(fields) < 2 {
		return fmt.Errorf("the mouse is at %q", where)
	}
	name := fmt.Sprintf("%04d-%s-%s.png", n, strings.TrimPrefix(fields[0], "X="), strings.TrimPrefix(fields[1], "Y="))
	_, err = s.output("import", "-silent", "-window", "root", filepath.Join(dir, name))
	return err
}
