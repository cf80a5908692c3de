package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"strings"
)

// version is set by the linker: -X main.version=1.2.3
var version = "dev"

// globals are the flags of every command.
type globals struct {
	dir   string // --config
	name  string
	level slog.Level // --log
	json  bool
}

// An action runs a command with the arguments that are no flags.
type action func(ctx context.Context, p *program, args []string) error

// A command is a word of the command line. prepare adds its flags to set and
// returns what runs it once they are parsed.
type command struct {
	name    string
	usage   string
	prepare func(set *flag.FlagSet) action
}

func commands() []command {
	return []command{
		{"receive", receiveUsage, prepareReceive},
		{"send", sendUsage, prepareSend},
		{"peers", peersUsage, preparePeers},
		{"known", knownUsage, prepareKnown},
		{"verify", verifyUsage, prepareVerify},
		{"trust", trustUsage, prepareTrust},
		{"name", nameUsage, prepareName},
		{"block", blockUsage, prepareBlock},
		{"unblock", blockUsage, prepareUnblock},
		{"forget", forgetUsage, prepareForget},
		{"history", historyUsage, prepareHistory},
		{"doctor", doctorUsage, prepareDoctor},
		{"address", addressUsage, prepareAddress},
		{"id", idUsage, prepareID},
	}
}

const commandNames = "receive, send, peers, known, verify, trust, name, block, unblock, forget, history, doctor, address, id"

// A usageError is a command line that cannot be understood.
type usageError struct {
	command string // whose help is of use; may be empty
	text    string
}

func (e *usageError) Error() string { return e.text }

// helpWanted is not a failure: the person asked for this text.
type helpWanted struct{ text string }

func (e *helpWanted) Error() string { return "help was asked for" }

// parse reads the command line up to the command's arguments. Global flags
// may stand before the command or among its own.
func parse(args []string, g *globals) (action, []string, error) {
	g.level = slog.LevelWarn
	set := newFlagSet(g)
	showVersion := set.Bool("version", false, "")
	if err := parseFlags(set, args, "", mainUsage); err != nil {
		return nil, nil, err
	}
	if *showVersion {
		return nil, nil, &helpWanted{versionText()}
	}
	args = set.Args()
	if len(args) == 0 {
		return nil, nil, &usageError{"", "A command is missing: " + commandNames + "."}
	}
	if args[0] == "help" {
		return nil, nil, help(args[1:])
	}
	return parseCommand(args[0], args[1:], g)
}

func parseCommand(name string, args []string, g *globals) (action, []string, error) {
	cmd, err := lookUp(name)
	if err != nil {
		return nil, nil, err
	}
	set := newFlagSet(g)
	run := cmd.prepare(set)
	if cmd.name == "send" { // its paths may begin with a dash
		err = parseFlags(set, args, cmd.name, cmd.usage)
		return run, set.Args(), err
	}
	rest, err := parseMixed(set, args, cmd)
	return run, rest, err
}

// parseMixed parses flags that may stand before, between and behind the arguments, up to "--". It
// returns the arguments.
func parseMixed(set *flag.FlagSet, args []string, cmd command) (rest []string, err error) {
	for {
		if err := parseFlags(set, args, cmd.name, cmd.usage); err != nil {
			return nil, err
		}
		left := set.Args()
		if read := len(args) - len(left); len(left) == 0 || read > 0 && args[read-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

func lookUp(name string) (command, error) {
	for _, cmd := range commands() {
		if cmd.name == name {
			return cmd, nil
		}
	}
	return command{}, &usageError{"", fmt.Sprintf("There is no command %q; the commands are %s.", name, commandNames)}
}

func help(args []string) error {
	if len(args) == 0 {
		return &helpWanted{mainUsage}
	}
	cmd, err := lookUp(args[0])
	if err != nil {
		return err
	}
	return &helpWanted{cmd.usage}
}

// newFlagSet returns a set with the global flags; what they are now stays if
// they are not given again.
func newFlagSet(g *globals) *flag.FlagSet {
	set := flag.NewFlagSet("ferry-cli", flag.ContinueOnError)
	set.SetOutput(io.Discard) // errors and help are said in our own words
	set.StringVar(&g.dir, "config", g.dir, "")
	set.StringVar(&g.name, "name", g.name, "")
	set.BoolVar(&g.json, "json", g.json, "")
	set.Func("log", "", func(s string) error { return setLevel(&g.level, s) })
	return set
}

func parseFlags(set *flag.FlagSet, args []string, command, usage string) error {
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return &helpWanted{usage}
	}
	if err != nil {
		return &usageError{command, flagWords(err)}
	}
	return nil
}

// flagWords turns what package flag says into a sentence, with the two
// dashes that our own texts use.
func flagWords(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		return "There is no flag --" + strings.TrimPrefix(name, "-") + "."
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return "The flag --" + name + " needs a value."
	}
	text = strings.Replace(text, "for flag -", "for --", 1)
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func setLevel(level *slog.Level, s string) error {
	switch s {
	case "debug", "info", "warn", "error":
		return level.UnmarshalText([]byte(s))
	}
	return errors.New("must be debug, info, warn or error")
}

// checkListen checks the value of --listen. Names of hosts and services are
// left to the node.
func checkListen(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("must be HOST:PORT, such as 0.0.0.0:7776 or [::1]:0")
	}
	return nil
}

func versionText() string {
	return fmt.Sprintf("ferry-cli %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
