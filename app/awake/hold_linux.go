package awake

import (
	"context"
	"errors"
	"fmt"
	"os"

	"ferry/app/bus"

	"github.com/godbus/dbus/v5"
)

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
	conn, err := bus.System(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	calling, cancel := context.WithTimeout(ctx, bus.Patience)
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
	conn, err := bus.Session(ctx)
	if err != nil {
		return nil, err
	}
	calling, cancel := context.WithTimeout(ctx, bus.Patience)
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
