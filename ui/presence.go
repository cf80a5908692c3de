package ui

import (
	"context"
	"time"

	"ferry/netcore"
	"ferry/ui/firewall"
)

const (
	// lookEvery is how often the window looks how this device is connected, while
	// nobody else is here.
	lookEvery = 5 * time.Second
	// ageEvery is how often the cards say anew how long ago somebody was here.
	ageEvery = 30 * time.Second
	// findingOut is how long a node may take at its start until it knows its network.
	findingOut = time.Second
)

// A presence is what the window remembers of how this device is connected.
type presence struct {
	began   time.Time // when the window got its node
	looked  time.Time // when it looked last
	aged    time.Time
	self    int       // of the view that it looked for
	since   time.Time // the network is as it is since then
	network string    // how that is
	command string    // that opens the firewall, for port
	port    uint16
}

// lookAround keeps up to date what changes without an event. It is called with every
// beat, which is every other second at least, and mostly does nothing.
func (w *Window) lookAround() {
	if w.node == nil {
		return
	}
	now := w.now()
	if now.Sub(w.presence.aged) >= ageEvery {
		w.presence.aged = now
		w.sidebar.age()
	}
	if w.view.self == 0 && now.Sub(w.presence.began) < findingOut {
		return // the node will say
	}
	nobody := w.view.online() == 0
	if w.view.self == w.presence.self && !(nobody && now.Sub(w.presence.looked) >= lookEvery) {
		return
	}
	w.presence.self, w.presence.looked = w.view.self, now
	w.showPresence(now)
}

// showPresence says how this device is connected, and who can see it.
func (w *Window) showPresence(now time.Time) {
	d, self := w.node.Diagnose(), w.node.Self()
	visible, until := w.node.Visibility()
	if network := say(networkCheck(d.Interfaces).what); network != w.presence.network {
		w.presence.network, w.presence.since = network, now
		if len(d.Interfaces) > 0 {
			w.model.dismiss(netcore.WarnDiscovery) // there is a network again
		}
	}
	w.findFirewall(d.Port)
	s := situation{diagnosis: d, self: self.Addrs, command: w.presence.command, listened: now.Sub(w.presence.since), heardAgo: -1}
	if !d.Heard.IsZero() {
		s.heardAgo = max(now.Sub(d.Heard), 0)
	}
	w.sidebar.setSelf(self)
	w.sidebar.setPresence(self, addressNow(d, self), visible, until)
	w.sidebar.checks.set(checksOf(s))
}

// findFirewall finds out which command opens the firewall, once for each port.
func (w *Window) findFirewall(port uint16) {
	if port == w.presence.port {
		return
	}
	w.presence.port = port
	w.background(func(context.Context) {
		command := firewall.Command(port)
		w.ui(func() {
			w.presence.command = command
			w.presence.looked = time.Time{} // say it with the next beat
		})
	})
}

// addressNow is where others can reach this device; empty if they cannot.
func addressNow(d netcore.Diagnosis, self netcore.Peer) string {
	for _, i := range d.Interfaces {
		if a := bestAddr(i.Addrs); a.IsValid() {
			return a.WithZone("").String()
		}
	}
	if keepsToItself(self.Addrs) {
		return address(self.Addrs)
	}
	return ""
}
