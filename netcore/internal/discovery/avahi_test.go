//go:build linux

package discovery

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore/netcoretest/lan"
)

// avahiScript runs an avahi-daemon, and the bus that it needs, in namespaces of their own: the first
// process of them is this shell, and all ends with it. It publishes what a line of its input says that begins with
// "publish", and prints what it finds of our type for each line "browse".
const avahiScript = `set -e
mount -t tmpfs ferry /run
mkdir -p /run/dbus /run/avahi-daemon
mkfifo /run/never # a read from it is a pause
exec 3<>/run/never
pause() { read -t 0.05 x <&3 || true; }
cat >/run/bus.conf <<X
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
X
printf '[server]\nhost-name=printer\n[publish]\npublish-workstation=no\n' >/run/avahi.conf
dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile 2>/dev/null &
until [ -S /run/dbus/system_bus_socket ]; do pause; done
avahi-daemon --file=/run/avahi.conf --no-drop-root --no-chroot --no-rlimits >/run/avahi.log 2>&1 &
until grep -q 'startup complete' /run/avahi.log; do pause; done
echo ready
while read -r what args; do
	case $what in
	publish)
		n=$((n+1))
		: >/run/out.$n
		eval "avahi-publish -s $args" >/run/out.$n 2>&1 &
		until grep -q Established /run/out.$n; do pause; done
		echo published ;;
	browse)
		timeout 10 avahi-browse -rpt _ferry._tcp || true
		echo end ;;
	esac
done`

// avahi is a computer with the mDNS responder that most Linux systems have.
type avahi struct {
	t     *testing.T
	stdin io.WriteCloser
	lines chan string
}

func startAvahi(t *testing.T, h *lan.Host) *avahi {
	t.Helper()
	cmd := h.Command(context.Background(), "unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", avahiScript)
	stderr := new(strings.Builder)
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a := &avahi{t: t, stdin: stdin, lines: make(chan string, 1000)}
	go func() {
		defer close(a.lines)
		for in := bufio.NewScanner(stdout); in.Scan(); {
			a.lines <- in.Text()
		}
	}()
	t.Cleanup(func() {
		if err := stdin.Close(); err != nil {
			t.Error(err)
		}
		for range a.lines {
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("avahi: %v: %s", err, stderr)
		}
	})
	a.until("ready")
	return a
}

func (a *avahi) say(words ...any) {
	a.t.Helper()
	if _, err := fmt.Fprintln(a.stdin, words...); err != nil {
		a.t.Fatal(err)
	}
}

// until returns the lines before last.
func (a *avahi) until(last string) []string {
	a.t.Helper()
	var list []string
	deadline := time.After(patience)
	for {
		select {
		case l, ok := <-a.lines:
			if !ok {
				a.t.Fatalf("avahi ended before %q; it said %q", last, list)
			}
			if l == last {
				return list
			}
			list = append(list, l)
		case <-deadline:
			a.t.Fatalf("waited in vain for %q; avahi said %q", last, list)
		}
	}
}

func (a *avahi) publish(name string, text ...string) {
	a.t.Helper()
	args := "'" + name + "' _ferry._tcp 7776"
	for _, s := range text {
		args += " '" + s + "'"
	}
	a.say("publish", args)
	a.until("published")
}

// TestAvahi has a real avahi-daemon on the network: it finds our service as it is, we hear it, and
// nothing that it publishes under our type disturbs anything.
func TestAvahi(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 3)
	a := start(t, l.Host(1), "node", "a")
	a.awaitNetwork("eth0")
	if st := a.status("status"); !st.Heard.IsZero() || st.Err != nil {
		t.Errorf("alone on the network, the status is %+v", st)
	}
	av := startAvahi(t, l.Host(2))

	service := av.find(t, "10.77.0.1")
	label := service[3]
	if !strings.HasPrefix(label, idFor("a").Short()+"-") || service[6] != label+".local" || service[8] != "7776" {
		t.Errorf("avahi finds %q", service)
	}
	for _, text := range textOf(idFor("a")) {
		if !strings.Contains(service[9], `"`+text+`"`) {
			t.Errorf("avahi finds the text %s, without %q", service[9], text)
		}
	}

	av.publish("nonsense", "v=1", "id=nonsense")
	av.publish("no text")
	av.publish("Küche; $(x) 🖨", "v=1", "path=/")
	av.publish("huge", slices.Repeat([]string{"v=1", strings.Repeat("x", 200)}, 5)...)
	av.publish("you", textOf(idFor("a"))...)
	b := start(t, l.Host(3), "node", "b")
	a.awaitSighting("b", l.Host(3).IP())
	b.awaitSighting("a", l.Host(1).IP())
	// Somebody says that he is a. That is told, and proves nothing.
	a.await("its own ID at another computer", func(l line) bool { return l.Sighting != nil && l.Sighting.ID == idFor("a") })
	for _, c := range []*child{a, b} {
		if st := c.status("knock"); st.Err != nil {
			t.Errorf("next to avahi, multicast cannot be heard: %v", st.Err)
		}
		eventually(t, "somebody else is heard", func() bool { return !c.status("status").Heard.IsZero() })
		c.stop()
		for id := range c.saw() {
			if id != idFor("a") && id != idFor("b") {
				t.Errorf("saw %v", id)
			}
		}
	}
}

// find browses until the service at addr is found, and returns the fields of avahi-browse(1).
func (a *avahi) find(t *testing.T, addr string) []string {
	t.Helper()
	var found []string
	eventually(t, "avahi finds our service", func() bool {
		a.say("browse")
		for _, line := range a.until("end") {
			if f := strings.Split(line, ";"); len(f) == 10 && f[0] == "=" && f[7] == addr {
				found = f
			}
		}
		return found != nil
	})
	return found
}

// status has a child knock, or not, and returns its status.
func (c *child) status(what string) Status {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.stdin, what); err != nil {
		c.t.Fatal(err)
	}
	var st Status
	c.await("its status", func(l line) bool {
		if l.Status == nil {
			return false
		}
		st = *l.Status
		return true
	})
	return st
}

// eventually asks again and again.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
