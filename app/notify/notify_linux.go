package notify

import (
	"context"
	"html"
	"slices"

	"github.com/godbus/dbus/v5"

	"ferry/app/bus"
	"ferry/ui"
)

// What the Desktop Notifications Specification calls things:
// https://specifications.freedesktop.org/notification-spec/latest/.
const (
	service = "org.freedesktop.Notifications"
	object  = dbus.ObjectPath("/org/freedesktop/Notifications")

	capActions = "actions"
	capMarkup  = "body-markup"

	signalAction = service + ".ActionInvoked"
	signalClosed = service + ".NotificationClosed"

	defaultAction = "default" // a click on the notification itself
	expireNever   = 0
)

// Notify implements [ui.Notifier]. It returns when the notice is gone.
func (n *Notifier) Notify(ctx context.Context, notice ui.Notice) error {
	// The connection outlives ctx for as long as it takes to withdraw the notice.
	conn, err := bus.Session(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &shown{conn: conn, server: conn.Object(service, object), notice: notice}
	if err := s.listen(); err != nil {
		return err
	}
	// One that was asked for cannot be called off before its ID is known.
	if err := s.show(context.WithoutCancel(ctx), n); err != nil {
		return err
	}
	return s.wait(ctx)
}

// A shown is a notice on the screen, with a connection of its own.
type shown struct {
	conn    *dbus.Conn
	server  dbus.BusObject
	notice  ui.Notice
	signals chan *dbus.Signal
	id      uint32
}

// listen must come before show: the person may be fast.
func (s *shown) listen() error {
	s.signals = make(chan *dbus.Signal, 64)
	s.conn.Signal(s.signals)
	return s.conn.AddMatchSignal(dbus.WithMatchInterface(service), dbus.WithMatchObjectPath(object))
}

func (s *shown) show(ctx context.Context, n *Notifier) error {
	ctx, cancel := context.WithTimeout(ctx, bus.Patience)
	defer cancel()
	var can []string
	if err := s.server.CallWithContext(ctx, service+".GetCapabilities", 0).Store(&can); err != nil {
		return err
	}
	text := s.notice.Text
	if slices.Contains(can, capMarkup) {
		text = html.EscapeString(text)
	}
	actions := []string{}
	if slices.Contains(can, capActions) && s.notice.Chosen != nil {
		actions = append(actions, defaultAction, n.Name)
		for _, a := range s.notice.Actions {
			actions = append(actions, a.ID, a.Label)
		}
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(n.Entry),
		"category":      dbus.MakeVariant("transfer"),
	}
	if n.Silent != nil && n.Silent() {
		hints["suppress-sound"] = dbus.MakeVariant(true)
	}
	expire := int32(-1)
	if len(s.notice.Actions) > 0 {
		expire = expireNever // it is withdrawn when the question is
	}
	return s.server.CallWithContext(ctx, service+".Notify", 0,
		n.Name, uint32(0), n.Entry, s.notice.Title, text, actions, hints, expire).Store(&s.id)
}

// wait lets the person choose, until the notice is gone; with the end of ctx it is withdrawn.
func (s *shown) wait(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return s.withdraw()
		case sig, ok := <-s.signals:
			switch {
			case !ok || sig.Name == signalClosed && s.owns(sig):
				return nil
			case sig.Name == signalAction && s.owns(sig):
				s.choose(sig)
				return s.withdraw()
			}
		}
	}
}

func (s *shown) withdraw() error {
	ctx, cancel := context.WithTimeout(context.Background(), bus.Patience)
	defer cancel()
	return s.server.CallWithContext(ctx, service+".CloseNotification", 0, s.id).Err
}

// owns reports whether a signal is about this notice.
func (s *shown) owns(sig *dbus.Signal) bool {
	var id uint32
	return len(sig.Body) == 2 && dbus.Store(sig.Body[:1], &id) == nil && id == s.id
}

// choose hands on what the person has chosen.
func (s *shown) choose(sig *dbus.Signal) {
	var action string
	if dbus.Store(sig.Body[1:], &action) != nil || s.notice.Chosen == nil {
		return
	}
	if action == defaultAction {
		action = ui.ShowAction
	}
	s.notice.Chosen(action)
}
