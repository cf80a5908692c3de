package ui

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The desktop portal's file chooser:
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html
//
// It is spoken to here, not through a library, because the one that there is takes "+"
// in a file's name for a space, and can miss an answer that comes early.
const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = "/org/freedesktop/portal/desktop"
	portalOpen     = "org.freedesktop.portal.FileChooser.OpenFile"
	portalRequest  = "org.freedesktop.portal.Request"
	portalPatience = 5 * time.Second // for a portal that is started by the call
)

// pickWithPortal is the picker of Linux desktops.
func pickWithPortal(ctx context.Context, ask pickRequest) ([]string, error) {
	conn, err := sessionBus(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPicker, err)
	}
	defer conn.Close()
	// The connection asks this one thing, so every response on it is the answer. It
	// is listened for before anything is asked: it may come before the call returns.
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(portalRequest), dbus.WithMatchMember("Response")); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPicker, err)
	}
	request, err := callPortal(ctx, conn, ask)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPicker, err)
	}
	for {
		select {
		case <-ctx.Done():
			conn.Object(portalName, request).Go(portalRequest+".Close", dbus.FlagNoReplyExpected, nil)
			return nil, ctx.Err()
		case signal, ok := <-signals:
			if !ok {
				return nil, errors.New("the session bus went away")
			}
			if signal.Name == portalRequest+".Response" {
				return portalAnswer(signal.Body)
			}
		}
	}
}

// callPortal opens the chooser and returns the object that stands for it.
func callPortal(ctx context.Context, conn *dbus.Conn, ask pickRequest) (request dbus.ObjectPath, err error) {
	ctx, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	options := map[string]dbus.Variant{
		"accept_label": dbus.MakeVariant(ask.accept),
		"multiple":     dbus.MakeVariant(ask.several),
		"directory":    dbus.MakeVariant(ask.folder),
	}
	if len(ask.endings) > 0 {
		options["filters"] = dbus.MakeVariant([]portalFilter{filterOf(ask)})
	}
	err = conn.Object(portalName, portalPath).CallWithContext(ctx, portalOpen, 0, ask.parent, ask.title, options).Store(&request)
	return request, err
}

// A portalFilter is a kind of file that a chooser lists: a name, and what the names of the files are like.
type portalFilter struct {
	Name  string
	Globs []portalGlob
}

type portalGlob struct {
	Kind    uint32 // 0: a pattern
	Pattern string
}

// filterOf lists the files that are asked for. Patterns tell capitals from small letters.
func filterOf(ask pickRequest) portalFilter {
	f := portalFilter{Name: ask.only}
	for _, ending := range ask.endings {
		f.Globs = append(f.Globs, portalGlob{Pattern: "*" + ending}, portalGlob{Pattern: "*" + strings.ToUpper(ending)})
	}
	return f
}

// sessionBus connects to the session's bus, and starts none.
func sessionBus(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// portalAnswer reads a Response: 0 and what was chosen, or another number if
// the person chose nothing.
func portalAnswer(body []any) ([]string, error) {
	var status uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(body, &status, &results); err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, nil
	}
	uris, ok := results["uris"].Value().([]string)
	if !ok {
		return nil, errors.New("the portal's answer has no list of files")
	}
	var paths []string
	for _, text := range uris {
		if u, err := url.Parse(text); err == nil && u.Scheme == "file" {
			paths = append(paths, u.Path)
		}
	}
	return paths, nil
}

// showInFolder has the file manager show files in their folder, selected.
func showInFolder(ctx context.Context, paths []string) error {
	conn, err := sessionBus(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	uris := make([]string, len(paths))
	for i, p := range paths {
		uris[i] = fileURL(p).String()
	}
	calling, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	return conn.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1").
		CallWithContext(calling, "org.freedesktop.FileManager1.ShowItems", 0, uris, "").Err
}
