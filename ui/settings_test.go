package ui

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// saved is what is on the disk.
func (h *harness) saved() netcore.Settings {
	h.t.Helper()
	h.settled()
	s, err := netcore.LoadSettings(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// find is the first that says words, in the section of the settings that is open.
func find[T fyne.CanvasObject](h *harness, words string) T {
	h.t.Helper()
	var found T
	ok := false
	visit(h.setting.scroll.Content, func(o fyne.CanvasObject) {
		if one, is := o.(T); is && !ok && len(spoken(o)) > 0 && spoken(o)[0] == words {
			found, ok = one, true
		}
	})
	if !ok {
		h.t.Fatalf("nothing says %q", words)
	}
	return found
}

func TestTheNameHoldsWhenTheFieldIsLeft(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDevice)
	h.win.Canvas().Focus(h.setting.name)
	h.setting.name.SetText("  Kim’s desk ")
	h.win.Canvas().Focus(h.setting.rail.all[0])
	if h.node.name != "Kim’s desk" || h.sidebar.name.words() != "Kim’s desk" || h.saved().Name != "Kim’s desk" {
		t.Errorf("the node is %q, the sidebar says %q, saved is %q", h.node.name, h.sidebar.name.words(), h.saved().Name)
	}
	h.setting.name.SetText("   ")
	h.key(fyne.KeyEscape)
	if h.node.name != "Kim’s desk" {
		t.Errorf("without letters it is %q", h.node.name)
	}
	h.setName(strings.Repeat("长", 100))
	if n := len([]rune(h.node.name)); n != maxName {
		t.Errorf("a long name has %d characters", n)
	}
}

// Enter confirms a name; who types it may have more to set.
func TestEnterInTheNameFieldKeepsTheSettingsOpen(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDevice)
	h.win.Canvas().Focus(h.setting.name)
	h.setting.name.SetText("Kim’s desk")
	h.key(fyne.KeyReturn)
	if h.node.name != "Kim’s desk" || h.topSheet() != h.setting.sheet {
		t.Errorf("the node is %q, the settings are open: %v", h.node.name, h.topSheet() == h.setting.sheet)
	}
}

func TestTheFocusFollowsTheClickOnASection(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDevice)
	rail := h.setting.rail.all
	test.Tap(rail[sectionLook])
	if h.win.Canvas().Focused() != rail[sectionLook] || rail[sectionDevice].focused {
		t.Errorf("%T has the focus", h.win.Canvas().Focused())
	}
	h.key(fyne.KeyDown)
	if h.setting.rail.now != sectionLook+1 {
		t.Errorf("the arrow goes to section %d", h.setting.rail.now)
	}
}

func TestVisibilityIsChosenInTheSettings(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDevice)
	test.Tap(find[*option](h, "Nobody"))
	if h.node.visible != netcore.VisibleToNone || h.saved().Visibility != netcore.VisibleToNone || !find[*option](h, "Nobody").chosen {
		t.Errorf("visible to %q, saved %q", h.node.visible, h.saved().Visibility)
	}
}

func TestTheInboxIsChanged(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionReceive)
	h.picked = []string{"/data/in"}
	test.Tap(find[*button](h, "Change…"))
	h.settled()
	if h.node.inbox != "/data/in" || h.saved().Inbox != "/data/in" || !strings.Contains(h.sidebar.status.words(), "/data/in") {
		t.Errorf("the node has %q, saved is %q, the sidebar says %q", h.node.inbox, h.saved().Inbox, h.sidebar.status.words())
	}
	h.picked = []string{"/locked"}
	test.Tap(find[*button](h, "Change…"))
	h.settled()
	if h.saved().Inbox != "/data/in" || !strings.Contains(h.toasts.words.words(), "/locked cannot be used") {
		t.Errorf("saved is %q, the toast says %q", h.saved().Inbox, h.toasts.words.words())
	}
}

func TestDevicesThatAreNotAskedAbout(t *testing.T) {
	h := newHarness(t)
	peer := anna
	peer.AutoAccept = netcore.AutoAccept{On: true, MaxBytes: 2e9, FilesOnly: true, Dir: "/photos"}
	h.meet(peer, bob)
	h.openSettings(sectionReceive)
	words := strings.Join(spoken(h.setting.scroll.Content), " | ")
	if !strings.Contains(words, "Anna | up to 2 GB at a time · files only · into /photos") || strings.Contains(words, "Bob") {
		t.Errorf("says %s", words)
	}
	test.Tap(find[*button](h, "Ask again"))
	if a, ok := h.node.auto[anna.ID]; !ok || a.On {
		t.Errorf("the node has %+v", h.node.auto)
	}
}

func TestNetworksAreChosen(t *testing.T) {
	h := newHarness(t)
	for _, name := range []string{"eth0", "tun0"} {
		h.node.diagnosis.Interfaces = append(h.node.diagnosis.Interfaces, netcore.Interface{Name: name, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.1")}})
	}
	h.openSettings(sectionNetwork)
	all := "Look for devices on all networks"
	test.Tap(find[*toggle](h, all))
	test.Tap(find[*toggle](h, "tun0"))
	if want := [][]string{{"eth0", "tun0"}, {"eth0"}}; !reflect.DeepEqual(h.node.interfaces, want) {
		t.Errorf("the node was told %q", h.node.interfaces)
	}
	if got := h.saved().Interfaces; !slices.Equal(got, []string{"eth0"}) {
		t.Errorf("saved is %q", got)
	}
	test.Tap(find[*toggle](h, "eth0")) // the last one: there is always something to look on
	if !find[*toggle](h, all).on || len(h.saved().Interfaces) != 0 {
		t.Errorf("saved is %q", h.saved().Interfaces)
	}
}

func TestTheLanguageChangesAtOnce(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.tell(changed(out(netcore.Running, "a"), 1))
	h.openSettings(sectionLook)
	test.Tap(find[*choice](h, "简体中文"))
	if got := h.main.files.words(); got != "发送文件…" {
		t.Errorf("the button says %q", got)
	}
	if h.topSheet() != h.setting.sheet || h.setting.rail.now != sectionLook || h.saved().Language != "zh-Hans" {
		t.Error("the settings are closed, or it is not saved")
	}
	h.key(fyne.KeyEscape)
	if h.card(anna) == nil || h.rowOf(transferID(1)) == nil || h.sidebar.name.words() != "Kim" {
		t.Error("something is lost")
	}
	h.openSettings(sectionLook)
	test.Tap(find[*choice](h, "跟随系统"))
	if got := h.main.files.words(); got != "Send files…" {
		t.Errorf("in the system's language the button says %q", got)
	}
}

func TestTheThemeChangesAtOnce(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionLook)
	for words, want := range map[string]shades{"Dark": {dark: palette[theme.ColorNameBackground].dark}, "Light": {light: palette[theme.ColorNameBackground].light}} {
		test.Tap(find[*choice](h, words))
		got := tint(theme.ColorNameBackground)
		if got != want.dark && got != want.light || h.saved().Theme != netcore.Theme(strings.ToLower(words)) {
			t.Errorf("%s: the background is %v, saved is %q", words, got, h.saved().Theme)
		}
	}
}

func TestNoticesAreTurnedOff(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDesktop)
	test.Tap(find[*toggle](h, "Sound"))
	if !h.Silent() || !h.saved().Silent {
		t.Error("it makes a sound")
	}
	test.Tap(find[*toggle](h, "Notifications"))
	if !h.quiet.Load() || !h.saved().Quiet || !find[*toggle](h, "Sound").disabled {
		t.Error("there are notices, or a sound without them")
	}
}

func TestTheTrayIsOfferedWhereThereIsOne(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionDesktop)
	if words := strings.Join(spoken(h.setting.scroll.Content), " | "); strings.Contains(words, "tray") {
		t.Errorf("without a tray it says %s", words)
	}
	h.opts.HasTray = func() bool { return true }
	h.setting.again()
	test.Tap(find[*toggle](h, "Keep running in the tray"))
	if !h.saved().Tray {
		t.Error("it is not saved")
	}
}

// A fakeSwitch is a desktop that starts programs, or refuses to.
type fakeSwitch struct {
	mu     sync.Mutex
	on     bool
	refuse error
}

func (s *fakeSwitch) On() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on, nil
}

func (s *fakeSwitch) Set(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse == nil {
		s.on = on
	}
	return s.refuse
}

func TestStartingWithTheSession(t *testing.T) {
	h := newHarness(t)
	desktop := &fakeSwitch{on: true}
	h.opts.Autostart = desktop
	h.openSettings(sectionDesktop)
	start := find[*toggle](h, "Start with the session")
	h.settled()
	if !start.on || start.disabled {
		t.Fatal("it does not show how it is")
	}
	test.Tap(start)
	h.settled()
	if desktop.on {
		t.Error("the desktop was not told")
	}
	desktop.refuse = errors.New("read-only")
	test.Tap(start)
	h.settled()
	if start.on || !strings.Contains(h.toasts.words.words(), "could not be changed") {
		t.Errorf("the switch is %v, the toast says %q", start.on, h.toasts.words.words())
	}
}

func TestTheHistoryIsBoundedAtOnce(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionReceive)
	test.Tap(find[*choice](h, "30 days"))
	h.settled()
	if !slices.Equal(h.node.past.kept, [][2]int{{0, 30}}) || h.saved().HistoryDays != 30 {
		t.Errorf("the node was told %v", h.node.past.kept)
	}
	test.Tap(find[*choice](h, "At most 100"))
	h.settled()
	if got := h.node.past.kept; got[len(got)-1] != [2]int{100, 30} || h.saved().HistoryLimit != 100 {
		t.Errorf("the node was told %v", got)
	}
}

// What is copied for a helper names nobody and nothing.
func TestTheDiagnosisIsNotPrivate(t *testing.T) {
	h := newHarness(t)
	h.node.diagnosis = netcore.Diagnosis{Port: 7776, Interfaces: []netcore.Interface{
		{Name: "wlan-kims-home", Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.20")}, Wireless: true},
	}, Multicast: errors.New("listen udp 192.168.1.20")}
	h.meet(anna)
	h.tell(changed(out(netcore.Running, "secret.pdf"), 1),
		netcore.Warning{Kind: netcore.WarnStore, Err: errors.New("/home/kim/x")})
	h.openSettings(sectionHelp)
	test.Tap(find[*button](h, "Copy diagnosis"))
	text := h.app.Clipboard().Content()
	for _, want := range []string{"port: 7776", "wireless, 1 IPv4", "multicast: fails", "database cannot be written", "1 on their way"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	for _, secret := range []string{"Anna", "Kim", "kim", "secret", "192.168", "/home", anna.ID.String()} {
		if strings.Contains(text, secret) {
			t.Errorf("has %q in it:\n%s", secret, text)
		}
	}
}

// Two changes at once do not undo each other on the disk.
func TestChangesAreSavedInTheirOrder(t *testing.T) {
	h := newHarness(t)
	for i := range 50 {
		h.setLimits(netcore.Limits{Upload: int64(2000 + i)})
		h.setName(strings.Repeat("x", i%20+1))
	}
	if s := h.saved(); s.Limits.Upload != 2049 || s.Name != strings.Repeat("x", 10) {
		t.Errorf("saved is %+v", s)
	}
}

func TestTheWindowRemembersItsSize(t *testing.T) {
	h := newHarness(t)
	h.win.Resize(fyne.NewSize(1100, 700))
	h.closing()
	h.work.Wait()
	s, err := netcore.LoadSettings(h.dir)
	if err != nil || s.Window != (netcore.WindowSize{Width: 1100, Height: 700}) {
		t.Fatalf("saved is %+v, %v", s.Window, err)
	}
	h.settings.now = s
	if got := h.sizeAtFirst(); got != fyne.NewSize(1100, 700) {
		t.Errorf("it opens with %v", got)
	}
}
