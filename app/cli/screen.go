package main

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// A screen is the one owner of both output streams. It keeps what stands on
// the last line of a terminal (a status that is rewritten in place, or a
// question that waits for its answer) apart from the lines that stay. Safe
// for use by any goroutine; a status or question is only drawn on a live
// screen.
//
// No escape sequences are used: a carriage return and blanks do it on every
// terminal.
type screen struct {
	live  bool
	width func() int

	mu       sync.Mutex
	stdout   io.Writer
	stderr   io.Writer
	results  io.Writer // one of the two
	status   string    // what the last line should say
	question string    // what it says instead while a person is asked
	drawn    int       // columns of the last line that are in use
	failed   error     // the first error of writing to stdout
}

func newScreen(h host) *screen {
	return &screen{live: h.live, width: h.width, stdout: h.stdout, stderr: h.stderr, results: h.stdout}
}

// resultsToPeople sends results to standard error: standard output is for
// programs. It is called before anything is printed.
func (s *screen) resultsToPeople() { s.results = s.stderr }

// output writes p to standard output.
func (s *screen) output(p []byte) { s.print(s.stdout, p) }

// result prints a line about what was achieved.
func (s *screen) result(line string) { s.print(s.results, []byte(line+"\n")) }

// note prints a line for people.
func (s *screen) note(line string) { s.print(s.stderr, []byte(line+"\n")) }

func (s *screen) print(w io.Writer, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	_, err := w.Write(p)
	if w == s.stdout && s.failed == nil {
		s.failed = err
	}
	s.draw()
}

// setStatus sets what the last line says; empty for nothing.
func (s *screen) setStatus(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == s.status {
		return
	}
	s.status = line
	if s.question == "" {
		s.wipe()
		s.draw()
	}
}

// ask prints text, and question behind it as the last line, until answered or unasked.
func (s *screen) ask(text, question string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	s.writePeople(text)
	s.question = question
	s.draw()
}

// answered tells that the person has ended the line that the question stood on.
func (s *screen) answered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.question, s.drawn = "", 0
	s.draw()
}

// unasked ends the question without an answer; what was typed stays in view.
func (s *screen) unasked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.question != "" {
		s.writePeople("\n")
	}
	s.question, s.drawn = "", 0
	s.draw()
}

// close leaves the terminal as it should be found, and returns the first
// error of writing to standard output.
func (s *screen) close() error {
	s.setStatus("")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// logWriter takes whole lines of the log.
func (s *screen) logWriter() io.Writer { return lineWriter{s} }

type lineWriter struct{ screen *screen }

func (w lineWriter) Write(p []byte) (int, error) {
	w.screen.note(string(bytes.TrimSuffix(p, []byte("\n"))))
	return len(p), nil
}

// wipe clears the last line.
func (s *screen) wipe() {
	if s.drawn == 0 {
		return
	}
	used := s.drawn
	if s.question != "" {
		used = s.width() - 1 // the person may have typed something behind it
	}
	s.writePeople("\r" + strings.Repeat(" ", max(0, used)) + "\r")
	s.drawn = 0
}

// draw writes the last line anew.
func (s *screen) draw() {
	line := s.question
	if line == "" {
		// The last column stays free: a terminal would begin a new line.
		line = shorten(s.status, s.width()-1)
	}
	if !s.live || line == "" {
		return
	}
	s.writePeople(line)
	s.drawn = columns(line)
}

// writePeople writes to standard error. Where that fails there is nobody left
// to tell.
func (s *screen) writePeople(text string) { _, _ = io.WriteString(s.stderr, text) }
