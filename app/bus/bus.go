// Package bus opens connections to the message buses of a Linux desktop that do
// not outlive their context, and do not wait for one that is silent.
package bus

import (
	"context"
	"errors"
	"time"

	"github.com/godbus/dbus/v5"
)

// Patience is how long a bus and a service on it may take to answer; one that is
// started by the call needs a moment.
const Patience = 5 * time.Second

// System connects to the bus of the computer.
func System(ctx context.Context) (*dbus.Conn, error) { return connect(ctx, dbus.SystemBusPrivate) }

// Session connects to the bus of the person's session, if there is one: it starts none.
func Session(ctx context.Context) (*dbus.Conn, error) {
	return connect(ctx, dbus.SessionBusPrivateNoAutoStartup)
}

// connect opens a connection of its own. It ends with ctx at the latest, and gives up on a
// bus that does not answer.
func connect(ctx context.Context, dial func(...dbus.ConnOption) (*dbus.Conn, error)) (*dbus.Conn, error) {
	conn, err := dial(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	giveUp := time.AfterFunc(Patience, func() { conn.Close() })
	defer giveUp.Stop()
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
