package ui

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"ferry/netcore"
)

// A warnedLog remembers the last warnings, for whoever is asked for help. It may be used from any goroutine.
type warnedLog struct {
	mu   sync.Mutex
	last []string
}

var warningNames = map[netcore.WarningKind]string{
	netcore.WarnPort:      "port taken",
	netcore.WarnDiscovery: "no network to look on",
	netcore.WarnKeyFile:   "key file was readable by others",
	netcore.WarnStore:     "database cannot be written",
	netcore.WarnClone:     "another computer has the same key",
	netcore.WarnSettings:  "settings not understood",
}

// add remembers a warning, by its kind: the error may have names in it.
func (l *warnedLog) add(now time.Time, w netcore.Warning) {
	const most = 10
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, now.UTC().Format(time.RFC3339)+" "+warningNames[w.Kind])
	l.last = l.last[max(len(l.last)-most, 0):]
}

func (l *warnedLog) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.last...)
}

// diagnosis is what somebody who helps wants to know, in English. It has no name of a device, a person, a file
// or a folder in it, no ID and no address.
func (w *Window) diagnosis() string {
	var b strings.Builder
	about, d := w.app.Metadata(), w.node.Diagnose()
	visible, _ := w.node.Visibility()
	line := func(name string, value any) { fmt.Fprintf(&b, "%s: %v\n", name, value) }
	line("version", about.Version)
	line("system", runtime.GOOS+"/"+runtime.GOARCH+", "+runtime.Version())
	line("language", spokenNow.Load().tag)
	line("scale", w.win.Canvas().Scale())
	line("port", d.Port)
	line("visibility", visible)
	for _, i := range d.Interfaces {
		line("network", networkKind(i))
	}
	line("announced", d.Announced)
	if d.Heard.IsZero() {
		line("heard", "never")
	} else {
		line("heard", w.now().Sub(d.Heard).Round(time.Second).String()+" ago")
	}
	line("multicast", multicastKind(d.Multicast))
	line("devices", fmt.Sprintf("%d known or here, %d here", len(w.view.peers), w.view.online()))
	line("transfers", fmt.Sprintf("%d listed, %d on their way", len(w.view.items), w.view.onTheWay()))
	for _, s := range w.warned.lines() {
		line("warning", s)
	}
	return b.String()
}

// networkKind says of an interface what matters: which kind it is, and which addresses it has.
func networkKind(i netcore.Interface) string {
	v4, v6 := 0, 0
	for _, a := range i.Addrs {
		if a.Unmap().Is4() {
			v4++
		} else {
			v6++
		}
	}
	kind := "wired"
	if i.Wireless {
		kind = "wireless"
	}
	return fmt.Sprintf("%s, %d IPv4, %d IPv6", kind, v4, v6)
}

func multicastKind(err error) string {
	if err == nil {
		return "works"
	}
	return "fails"
}
