package awake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long a bus and a service on it may take to answer; one that is
// started by the call needs a moment.
const patience = 5 * time.Second

// hold asks logind or, where that is not there or refuses (in a sandbox, in a
// session that is not at the machine), the desktop's portal.
func hold(ctx context.Context) (release func() error, err error) {
	release, err = holdLogin(ctx)
	if err == nil {
		return release, nil
	}
	release, portalErr := holdPortal(ctx)
	if portalErr == nil {
		return release, nil
	}
	return nil, fmt.Errorf("logind: %w; portal: %w", err, portalErr)
}

// holdLogin takes an inhibitor lock of logind:
// https://systemd.io/INHIBITOR_LOCKS. It is held for as long as the file
// descriptor that comes back is open, whatever becomes of the connection.
func holdLogin(ctx context.Context) (release func() error, err error) {
	conn, err := connect(ctx, dbus.SystemBusPrivate)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	calling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var lock dbus.UnixFD
	err = conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(calling, "org.freedesktop.login1.Manager.Inhibit", 0, "sleep:idle", who, why, "block").
		Store(&lock)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(lock), "inhibitor").Close, nil
}

// The portal's flags: what is to be held back.
const (
	portalSuspend = 4
	portalIdle    = 8
)

// holdPortal asks the desktop's portal:
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Inhibit.html.
// It holds for as long as the connection that asked lives.
func holdPortal(ctx context.Context) (release func() error, err error) {
	conn, err := connect(ctx, dbus.SessionBusPrivateNoAutoStartup)
	if err != nil {
		return nil, err
	}
	calling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var request dbus.ObjectPath
	err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
		CallWithContext(calling, "org.freedesktop.portal.Inhibit.Inhibit", 0,
			"", uint32(portalSuspend|portalIdle), map[string]dbus.Variant{"reason": dbus.MakeVariant(why)}).
		Store(&request)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn.Close, nil
}

// connect opens a connection of its own to a bus, and starts none. It ends
// with ctx at the latest, and gives up on a bus that does not answer.
func connect(ctx context.Context, dial func(...dbus.ConnOption) (*dbus.Conn, error)) (*dbus.Conn, error) {
	conn, err := dial(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	giveUp := time.AfterFunc(patience, func() { conn.Close() })
	defer giveUp.Stop()
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
