package ui

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// wired is a network of one card.
func wired(addrs ...string) netcore.Interface {
	i := netcore.Interface{Name: "eth0"}
	for _, a := range addrs {
		i.Addrs = append(i.Addrs, netip.MustParseAddr(a))
	}
	return i
}

func addrPorts(list ...string) (all []netip.AddrPort) {
	for _, a := range list {
		all = append(all, netip.MustParseAddrPort(a))
	}
	return all
}

// connected is a node on a network on which others are heard.
func (h *harness) connected() {
	h.node.addrs = addrPorts("192.168.1.7:7776")
	h.node.diagnosis = netcore.Diagnosis{Port: 7776, Announced: true, Interfaces: []netcore.Interface{wired("fe80::7", "192.168.1.7")}}
	h.tell(netcore.SelfChanged{})
	h.lookAround()
	h.settled()
}

func TestChecksSayWhatIsSoAndWhatToDo(t *testing.T) {
	lan := []netcore.Interface{wired("fe80::1", "2001:db8::1", "192.168.1.7")}
	heard := func(d netcore.Diagnosis, ago time.Duration) situation {
		return situation{diagnosis: d, listened: 2 * deafAfter, heardAgo: ago}
	}
	on := netcore.Diagnosis{Interfaces: lan, Port: 7776}
	deaf := on
	deaf.Multicast = errors.New("address in use")
	fresh := heard(on, -1)
	fresh.listened = deafAfter - 1
	guarded := heard(on, 0)
	guarded.command = "sudo ufw allow 7776/tcp"
	itself := heard(netcore.Diagnosis{Port: 7776}, -1)
	itself.self = addrPorts("127.0.0.1:7776")
	newHarness(t)
	for i, locale := range []string{"en_US.UTF-8", "zh_CN.UTF-8"} {
		speak(t, locale)
		for _, test := range []struct {
			name string
			s    situation
			want [2]string
		}{
			{"all is well", heard(on, time.Second), [2]string{
				"+Connected: 192.168.1.7 (eth0)|+Listening on port 7776|+Other computers are heard; Is Ferry open there, and visible?",
				"+已连接：192.168.1.7 (eth0)|+正在监听端口 7776|+能收到其他电脑的信息; 请确认对方已打开 Ferry 并设为可见。"}},
			{"no cable", heard(netcore.Diagnosis{Port: 7776}, -1), [2]string{
				"!Not connected to a network; Check the cable or the Wi-Fi of this computer.", "!未连接网络; 请检查本机的网线或 Wi-Fi。"}},
			{"just begun", fresh, [2]string{"|.Listening for other computers…", "|.正在查找其他电脑…"}},
			{"a guest Wi-Fi", heard(on, deafAfter), [2]string{"|?Nothing heard from other computers for a minute; A guest Wi-Fi", "|?一分钟内未收到其他电脑的信息; 访客 Wi-Fi"}},
			{"no multicast", heard(deaf, 0), [2]string{"|!Other computers cannot be heard; Another program keeps", "|!无法接收其他电脑的信息; 其他程序"}},
			{"a firewall", guarded, [2]string{"through its firewall: $sudo ufw allow 7776/tcp|", "请让防火墙放行 Ferry： $sudo ufw allow 7776/tcp|"}},
			{"on itself", itself, [2]string{"?Ferry listens on 127.0.0.1:7776 only; Other computers", "?Ferry 只监听 127.0.0.1:7776; 其他电脑"}},
		} {
			if got := checkText(checksOf(test.s)); !strings.Contains(got, test.want[i]) {
				t.Errorf("%s: %q lacks %q", test.name, got, test.want[i])
			}
		}
	}
}

func checkText(checks []check) string {
	marks := map[tone]string{toneGood: "+", toneBad: "!", toneMixed: "?", toneQuiet: "."}
	var all []string
	for _, c := range checks {
		text := marks[c.tone] + say(c.what)
		if c.todo.key != "" {
			text += "; " + say(c.todo)
		}
		if c.command != "" {
			text += " $" + c.command
		}
		all = append(all, text)
	}
	return strings.Join(all, "|")
}

// A cable is pulled: nothing but SelfChanged says so, and at once the window does.
func TestTheStatusLineIsTrueWhenTheNetworkGoes(t *testing.T) {
	h := newHarness(t)
	h.connected()
	if got := h.sidebar.found.words(); got != "Visible as Kim on 192.168.1.7" {
		t.Errorf("says %q", got)
	}
	h.tell(netcore.Warning{Kind: netcore.WarnDiscovery})
	h.node.diagnosis.Interfaces = nil // its addresses stay: those of docker, say
	h.tell(netcore.SelfChanged{})
	h.lookAround()
	if got := h.sidebar.found.words(); got != "Kim is not connected to a network" {
		t.Errorf("without a network it says %q", got)
	}
	if words := strings.Join(spoken(h.sidebar.checks.root), " | "); !strings.Contains(words, "Not connected to a network | Check the cable") {
		t.Errorf("the checks say %s", words)
	}
	h.node.diagnosis.Interfaces = []netcore.Interface{wired("10.0.0.3")}
	h.tell(netcore.SelfChanged{})
	if h.lookAround(); !h.main.notice.Visible() {
		t.Error("there is no warning")
	}
	if got := h.sidebar.found.words(); got != "Visible as Kim on 10.0.0.3" {
		t.Errorf("with a new address it says %q", got)
	}
	if h.draw(); h.main.notice.Visible() {
		t.Error("the warning that there is no network stays")
	}
}

// Before a node has looked at its network, it has not lost it.
func TestNothingIsSaidOfANetworkThatIsNotKnownYet(t *testing.T) {
	h := newHarness(t)
	h.lookAround()
	if got := h.sidebar.found.words(); got != "" {
		t.Errorf("at the start it says %q", got)
	}
	h.pass(findingOut)
	h.lookAround()
	if got := h.sidebar.found.words(); got != "Kim is not connected to a network" {
		t.Errorf("then it says %q", got)
	}
}

// While nobody is here the window looks by itself; a minute of silence is told.
func TestSilenceIsToldAfterAMinute(t *testing.T) {
	h := newHarness(t)
	h.connected()
	words := func() string { return strings.Join(spoken(h.sidebar.checks.root), " | ") }
	if !strings.Contains(words(), "Listening for other computers…") {
		t.Errorf("at first: %s", words())
	}
	h.pass(deafAfter + lookEvery)
	h.lookAround()
	if !strings.Contains(words(), "Nothing heard from other computers for a minute | A guest Wi-Fi") {
		t.Errorf("after a minute: %s", words())
	}
	h.node.diagnosis.Heard = h.clock()
	h.pass(lookEvery)
	h.lookAround()
	if !strings.Contains(words(), "Other computers are heard") {
		t.Errorf("then: %s", words())
	}
	h.meet(anna)
	if h.sidebar.checks.root.Visible() {
		t.Error("somebody is here, and the checks still are")
	}
}

func TestVisibilityIsChosenAndSaved(t *testing.T) {
	h := newHarness(t)
	h.connected()
	choose := func(n int) {
		t.Helper()
		test.Tap(h.sidebar.visible)
		test.Tap(options(h.topSheet())[n])
		h.settled()
		if h.topSheet() != nil {
			t.Error("the question is still there")
		}
	}
	saved := func() netcore.Visibility {
		t.Helper()
		s, err := netcore.LoadSettings(h.dir)
		if err != nil {
			t.Fatal(err)
		}
		return s.Visibility
	}
	for _, step := range []struct {
		option              int
		words, found        string
		visible, remembered netcore.Visibility
	}{
		{1, "Visible to known devices", "Known devices see Kim on 192.168.1.7", netcore.VisibleToKnown, netcore.VisibleToKnown},
		{2, "Hidden", "Nobody sees Kim on 192.168.1.7", netcore.VisibleToNone, netcore.VisibleToNone},
		{3, "Visible to everyone until " + noon.Add(forAWhile).Local().Format("15:04"), "Visible as Kim on 192.168.1.7", netcore.VisibleToAll, netcore.VisibleToNone},
		{0, "Visible to everyone", "Visible as Kim on 192.168.1.7", netcore.VisibleToAll, netcore.VisibleToAll},
	} {
		choose(step.option)
		if got := h.sidebar.visible.words(); got != step.words {
			t.Errorf("says %q, want %q", got, step.words)
		}
		if got := h.sidebar.found.words(); got != step.found {
			t.Errorf("says %q, want %q", got, step.found)
		}
		if h.node.visible != step.visible || saved() != step.remembered {
			t.Errorf("%s: the node has %q, the settings %q", step.words, h.node.visible, saved())
		}
	}
	if h.node.seen[2] != forAWhile || h.node.seen[3] != 0 {
		t.Errorf("for %v", h.node.seen)
	}
}

// What holds for a while ends by itself; the node says so.
func TestVisibilityGoesBackByItself(t *testing.T) {
	h := newHarness(t)
	h.connected()
	h.node.SetVisibility(netcore.VisibleToAll, forAWhile)
	h.tell(netcore.SelfChanged{})
	h.lookAround()
	test.Tap(h.sidebar.visible)
	if all := options(h.topSheet()); !all[3].chosen || all[0].chosen {
		t.Error("the sheet does not say that it is for a while")
	}
	h.topSheet().close()
	h.node.visible, h.node.until = netcore.VisibleToNone, time.Time{}
	h.tell(netcore.SelfChanged{})
	h.lookAround()
	if got := h.sidebar.visible.words(); got != "Hidden" {
		t.Errorf("says %q", got)
	}
}
