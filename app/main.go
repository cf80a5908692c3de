// Command ferry is Ferry's window: it moves files between computers on one
// local network. This package holds its flags, its log and its wiring, and no
// logic; see packages ui and netcore.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"ferry"
	"ferry/app/awake"
	"ferry/app/idle"
	"ferry/app/nocore"
	"ferry/app/notify"
	"ferry/app/single"
	"ferry/app/tray"
	"ferry/assets"
	"ferry/netcore"
	"ferry/ui"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

func run(args []string, stdout, stderr io.Writer) int {
	about, err := ferry.LoadMetadata()
	if err != nil {
		fmt.Fprintln(stderr, "ferry:", err)
		return exitError
	}
	opts, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case opts.version:
		fmt.Fprintln(stdout, about.Name, about.Version)
		return exitOK
	case !hasDisplay():
		fmt.Fprintln(stderr, "ferry: there is no display to open a window on; ferry-cli does the same without one.")
		return exitError
	}
	log, err := openLog(filepath.Join(opts.dir, "log"), opts.level, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "ferry: no log:", err)
	}
	defer log.Close()
	defer serveProfiles(log.Logger)()
	if err := nocore.Set(); err != nil {
		log.Warn("core files may be left", "error", err)
	}
	one, err := single.Take(opts.dir)
	if errors.Is(err, single.ErrTaken) {
		return handOver(opts, stderr)
	}
	if err != nil {
		log.Warn("other windows are not noticed", "error", err)
	}
	a, err := newApp(about)
	if err != nil {
		fmt.Fprintln(stderr, "ferry:", err)
		return exitError
	}
	if err := open(a, opts, one, log); err != nil {
		log.Error("cannot start", "error", err)
		ui.ShowStartError(a, opts.dir, err)
		return exitError
	}
	return exitOK
}

// handOver lets the window that runs already do what this one was started for.
func handOver(opts options, stderr io.Writer) int {
	if err := single.Hand(context.Background(), opts.dir, opts.paths); err != nil {
		fmt.Fprintln(stderr, "ferry:", err)
		return exitError
	}
	return exitOK
}

// hasDisplay reports whether there is somewhere to open a window: Fyne panics
// without.
func hasDisplay() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" ||
		os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

func newApp(about ferry.Metadata) (fyne.App, error) {
	app.SetMetadata(fyne.AppMetadata{
		ID: about.ID, Name: about.Name, Version: about.Version, Build: about.Build,
		Icon: fyne.NewStaticResource("icon.png", assets.Icon),
	})
	if err := ui.LoadTranslations(); err != nil {
		return nil, err
	}
	a := app.New()
	a.Settings().SetTheme(ui.NewTheme())
	// When its loop has ended, Fyne queues this for that very loop, to save preferences, of which there are none, and now and then waits for it
	// forever.
	if l, ok := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
	return a, nil
}

// trayTime is how long a program that is started with the session waits for the desktop's tray.
const trayTime = 10 * time.Second

// open makes the node and its window, and returns when both have ended. An
// error means that there was no window. one may be nil.
func open(a fyne.App, opts options, one *single.Instance, log *logger) error {
	settings, trouble, err := opts.settings(log.Logger)
	if err != nil {
		return errors.Join(err, one.Close())
	}
	cfg := opts.config(settings)
	ctx, stop := untilSignal(a)
	defer stop()
	var w *ui.Window
	place := tray.New(func() { w.TrayChanged() }, log.Logger)
	hasTray := place.Has
	if err := place.Open(ctx); err != nil {
		log.Debug("no system tray", "error", err)
		hasTray = nil
	}
	w = ui.New(a, ui.Options{
		UI: idle.New().Do,

		Log: log.Logger, Dir: cfg.Dir, Settings: settings, LogDir: filepath.Join(opts.dir, "log"),
		First:   !netcore.HasSettings(opts.dir) && opts.name == "" && opts.inbox == "",
		HasTray: hasTray,
		Hidden:  opts.hidden,

		Autostart: opts.autostart(a.Metadata(), log.Logger),
		Notifier:  &notify.Notifier{Name: a.Metadata().Name, Entry: "ferry", Silent: func() bool { return w.Silent() }},
	})
	keeper := awake.New(log.Logger)
	cfg.Handler, cfg.Log = keeper.Watch(w), log.Logger
	node, err := netcore.New(cfg)
	if err != nil {
		return errors.Join(err, one.Close())
	}
	w.Attach(node)
	if trouble != nil {
		w.Event(netcore.Warning{Kind: netcore.WarnSettings, Err: trouble})
	}
	context.AfterFunc(ctx, w.Quit)
	var running sync.WaitGroup
	running.Go(func() { keeper.Run(ctx) })
	if hasTray != nil {
		running.Go(func() { place.Run(ctx) })
	}
	running.Go(func() {
		if err := node.Run(ctx); err != nil {
			w.Stopped(err)
		}
	})
	running.Go(func() {
		if err := one.Serve(ctx, w.Open); err != nil {
			log.Warn("other windows are not noticed", "error", err)
		}
	})
	if len(opts.paths) > 0 {
		w.Open(opts.paths)
	}
	if opts.hidden && hasTray != nil {
		place.Await(ctx, trayTime)
	}
	w.ShowAndRun()
	stop()
	running.Wait()
	err = one.Close()
	if w.Restarts() {
		err = errors.Join(err, startAgain(opts.flags))
	}
	return err
}
