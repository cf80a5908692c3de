// Command ferry-cli is Ferry without a window, for servers and scripts: the
// same node, driven from a command line.
//
// # Streams
//
// Standard output carries results: one line for each transfer that went
// well, the table of peers, the facts of id; with --json nothing but one
// JSON object a line, as JSON.md describes. All that is said to people
// otherwise (prompts, progress, warnings, errors, the log) goes to standard
// error. Text that a peer chose is made safe for a terminal by [visible]
// before it is printed.
//
// # Exit codes
//
//	0    everything was delivered, and the receiver confirmed it
//	1    failed; of doctor: something is not as it should be
//	2    the command line is wrong, or names a path that does not exist; nothing was tried
//	3    declined
//	4    the peer was not found, or cannot be reached
//	5    delivered, but for some entries
//	130  interrupted (SIGINT): what send was sending is cancelled
//	143  told to end (SIGTERM); 129 the terminal was closed (SIGHUP): what is
//	     unfinished is remembered
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"ferry/app/nocore"
	"ferry/netcore"
)

func main() { os.Exit(run(os.Args[1:], system())) }

// A host is what the program finds around it. Tests give it another.
type host struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	asks           bool          // a person can be asked: stdin and stderr are terminals
	live           bool          // stderr is a terminal that a line can be rewritten on
	width          func() int    // columns of that terminal
	reading        time.Duration // how long a question must stand before a line answers it
	open           func(netcore.Config) (node, error)
	free           func(port uint16) bool // nothing listens on that TCP port
}

// A program is one run of ferry-cli.
type program struct {
	host
	globals
	screen *screen
	json   *jsonOutput // nil without --json
	log    *slog.Logger
}

// run is the whole of ferry-cli but for the process around it. It returns
// the exit code.
func run(args []string, h host) int {
	var g globals
	cmd, rest, err := parse(args, &g)
	p := newProgram(h, g)
	if err != nil {
		return p.end(err)
	}
	if err := nocore.Set(); err != nil {
		p.log.Warn("core files may be left", "err", err)
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	return p.end(cmd(ctx, p, rest))
}

func newProgram(h host, g globals) *program {
	p := &program{host: h, globals: g, screen: newScreen(h)}
	if g.json {
		p.json = &jsonOutput{write: p.screen.output}
		p.screen.resultsToPeople()
	}
	handler := slog.NewTextHandler(p.screen.logWriter(), &slog.HandlerOptions{Level: g.level})
	p.log = slog.New(handler)
	// A dependency writes to the standard logger, and not what people need.
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(handler, slog.LevelDebug).Writer())
	return p
}

// end says what is left to say about err and returns the exit code.
func (p *program) end(err error) int {
	var help *helpWanted
	if errors.As(err, &help) {
		p.screen.output([]byte(help.text))
		err = nil
	}
	code := exitCode(err)
	if text := p.explain(err); text != "" {
		p.screen.note("ferry-cli: " + text)
		p.json.failure(err, text, code)
	}
	if err != nil {
		p.log.Debug("ended", "exit", code, "err", err, "cause", errors.Unwrap(err))
	}
	if werr := p.screen.close(); werr != nil && code == exitOK {
		fmt.Fprintln(p.stderr, "ferry-cli: Standard output cannot be written: "+systemWords(werr)+".")
		return exitFailed
	}
	return code
}

// config is how the node is to be, from the flags and the settings. The
// flags win.
func (p *program) config() (netcore.Config, error) {
	dir, err := p.configDir()
	if err != nil {
		return netcore.Config{}, err
	}
	settings, err := netcore.LoadSettings(dir)
	var trouble *netcore.SettingsError
	switch {
	case errors.As(err, &trouble):
		p.screen.note("ferry-cli: " + troubleText(trouble))
	case err != nil:
		return netcore.Config{}, err
	}
	cfg := netcore.Config{
		Dir: dir, Name: settings.Name, Inbox: settings.Inbox, Limits: settings.Limits,
		Visibility: settings.Visibility, Interfaces: settings.Interfaces, Port: settings.Port,
		HistoryLimit: settings.HistoryLimit, HistoryDays: settings.HistoryDays, Log: p.log,
	}
	if p.name != "" {
		cfg.Name = p.name
	}
	return cfg, nil
}

func (p *program) configDir() (string, error) {
	if p.dir != "" {
		return filepath.Abs(p.dir)
	}
	dir, err := netcore.DefaultConfigDir()
	if err != nil {
		return "", &plainError{"This account has no folder for settings; name one with --config.", err}
	}
	return dir, nil
}
