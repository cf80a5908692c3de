package tray

import (
	"context"

	"github.com/godbus/dbus/v5"

	"ferry/app/bus"
)

// Who shows items is called so by
// https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/.
const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
)

// Open looks whether there can be a tray, now or later; an error says why not. A program that asks for a place
// without a session bus is not spared by every library.
func (w *Watch) Open(ctx context.Context) error {
	conn, err := bus.Session(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

// watch looks when a watcher comes or goes, and whether it has anybody who draws what is
// registered with it.
func (w *Watch) watch(ctx context.Context) error {
	conn, err := bus.Session(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)},
		{dbus.WithMatchInterface(watcher), dbus.WithMatchObjectPath(watcherPath)},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			return err
		}
	}
	for {
		w.set(drawn(ctx, conn))
		select {
		case _, ok := <-signals:
			if !ok {
				w.set(false)
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// drawn reports whether there is somebody who draws items. It starts nobody.
func drawn(ctx context.Context, conn *dbus.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, bus.Patience)
	defer cancel()
	var host dbus.Variant
	err := conn.Object(watcher, watcherPath).
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, watcher, "IsStatusNotifierHostRegistered").
		Store(&host)
	is, ok := host.Value().(bool)
	return err == nil && ok && is
}
