package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"ferry/app/autostart"
	"ferry/netcore"
	"ferry/ui"
)

// options are what the command line says.
type options struct {
	dir     string
	name    string
	inbox   string
	listen  string
	level   slog.Level
	hidden  bool
	version bool
	paths   []string // to send, absolute
	flags   []string // all that is before them
}

// parseFlags reads the command line, and tells stderr what is wrong with it.
func parseFlags(args []string, stderr io.Writer) (options, error) {
	opts := options{level: slog.LevelInfo}
	flags := flag.NewFlagSet("ferry", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: ferry [flags] [FILE or FOLDER to send ...]")
		flags.PrintDefaults()
	}
	flags.StringVar(&opts.dir, "config", defaultDir(), "keep the key, the settings and the log in `DIR`")
	flags.StringVar(&opts.name, "name", "", "call this device `NAME` (instead of the settings' or the host's name)")
	flags.StringVar(&opts.inbox, "inbox", "", "put received files into `DIR`")
	flags.StringVar(&opts.listen, "listen", "", "listen on `HOST:PORT` and nowhere else")
	flags.TextVar(&opts.level, "log", slog.LevelInfo, "write this `LEVEL` and above to the log: debug, info, warn, error")
	flags.BoolVar(&opts.hidden, "hidden", false, "begin in the system tray, where there is one")
	flags.BoolVar(&opts.version, "version", false, "print the version and end")
	if err := flags.Parse(args); err != nil {
		return opts, err
	}
	opts.flags = args[:len(args)-flags.NArg()]
	for _, arg := range flags.Args() {
		path, err := pathOf(arg)
		if err != nil {
			fmt.Fprintln(stderr, "ferry:", err)
			return opts, err
		}
		opts.paths = append(opts.paths, path)
	}
	return opts, nil
}

// pathOf is the absolute path of a file to send, which a desktop may also give as a URL.
func pathOf(arg string) (string, error) {
	if u, err := url.Parse(arg); err == nil && u.Scheme == "file" && (u.Host == "" || u.Host == "localhost") {
		arg = filepath.FromSlash(u.Path)
	}
	path, err := filepath.Abs(arg)
	if err != nil {
		return "", fmt.Errorf("%q cannot be sent: %w", arg, err)
	}
	if _, err := os.Lstat(path); err != nil {
		return "", fmt.Errorf("%q cannot be sent: %w", arg, err)
	}
	return path, nil
}

// defaultDir is the config folder of whoever runs Ferry.
func defaultDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "ferry" // no home at all: a folder where we stand
	}
	return filepath.Join(dir, "ferry")
}

// settings are those that were saved. trouble is what of them was not understood, for the window to tell of; nil if nothing.
func (o options) settings(log *slog.Logger) (s netcore.Settings, trouble *netcore.SettingsError, err error) {
	s, err = netcore.LoadSettings(o.dir)
	switch {
	case errors.As(err, &trouble):
		log.Warn("settings", "error", err)
	case err != nil:
		return s, nil, fmt.Errorf("%w: %w", ui.ErrSettings, err)
	}
	return s, trouble, nil
}

// config is how the node is to be: by the flags, and by the settings where
// those say nothing.
func (o options) config(s netcore.Settings) netcore.Config {
	return netcore.Config{
		Dir:    o.dir,
		Name:   cmp.Or(o.name, s.Name),
		Inbox:  cmp.Or(o.inbox, s.Inbox),
		Listen: o.listen,
		Port:   s.Port,
		Limits: s.Limits,

		HistoryLimit: s.HistoryLimit,
		HistoryDays:  s.HistoryDays,

		Visibility: s.Visibility,
		Interfaces: s.Interfaces,
	}
}

// autostart is what starts Ferry with the session, as it was started now; nil if that cannot be had.
func (o options) autostart(about fyne.AppMetadata, log *slog.Logger) ui.Switch {
	program, err := autostart.Program()
	if err != nil {
		log.Debug("no start with the session", "error", err)
		return nil
	}
	args := []string{"--hidden"}
	if dir, err := filepath.Abs(o.dir); err == nil && o.dir != defaultDir() {
		args = append(args, "--config", dir)
	}
	return autostart.Entry{ID: strings.ToLower(about.Name), Name: about.Name, Program: program, Args: args}
}
