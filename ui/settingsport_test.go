package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// typePort types into the field, and goes on to something else.
func (h *harness) typePort(text string) {
	h.win.Canvas().Focus(h.setting.listen)
	h.setting.listen.SetText(text)
	h.win.Canvas().Focus(h.setting.rail.all[sectionNetwork])
	h.settled()
}

func TestThePortHoldsWhenTheFieldIsLeft(t *testing.T) {
	h := newHarness(t)
	h.node.diagnosis.Port = 7776
	h.tell(netcore.Warning{Kind: netcore.WarnPort})
	h.openSettings(sectionNetwork)
	h.typePort(" 9000 ")
	if !slices.Equal(h.node.ports, []uint16{9000}) || h.saved().Port != 9000 || !strings.Contains(h.setting.portText.words, "port 9000 now") {
		t.Errorf("the node was told %v, saved is %d, the sheet says %q", h.node.ports, h.saved().Port, h.setting.portText.words)
	}
	if h.draw(); len(h.view.warnings) != 0 {
		t.Error("it still says that the port was taken")
	}
	for _, wrong := range []string{"port", "65536", "-1", "7776.5"} {
		h.typePort(wrong)
		if !h.setting.wrongPort.Visible() || !strings.Contains(h.setting.wrongPort.words, "1 to 65535") || len(h.node.ports) != 1 {
			t.Errorf("%q: the node was told %v, the sheet says %q", wrong, h.node.ports, h.setting.wrongPort.words)
		}
	}
	h.typePort("")
	if !slices.Equal(h.node.ports, []uint16{9000, 0}) || h.saved().Port != 0 || h.setting.wrongPort.Visible() {
		t.Errorf("the node was told %v, saved is %d", h.node.ports, h.saved().Port)
	}
}

// A port that another program has changes nothing, and the sheet says so. It may be free later.
func TestAPortThatIsTaken(t *testing.T) {
	h := newHarness(t)
	h.node.diagnosis.Port = 7776
	h.openSettings(sectionNetwork)
	for range 2 {
		h.typePort("80")
		if words := h.setting.wrongPort.words; !h.setting.wrongPort.Visible() || !strings.Contains(words, "Port 80 cannot be used") || !strings.Contains(words, "port 7776") {
			t.Errorf("the sheet says %q", words)
		}
	}
	if len(h.node.ports) != 0 || h.saved().Port != 0 {
		t.Errorf("the node listens on %v, saved is %d", h.node.ports, h.saved().Port)
	}
}

// After a start with some networks chosen, all are there to choose, and one that is unplugged says so.
func TestAllNetworksCanBeChosen(t *testing.T) {
	h := newHarness(t)
	h.node.cards = []netcore.Interface{{Name: "eth0"}, {Name: "wlan0", Wireless: true}}
	h.settings.now.Interfaces = []string{"eth0", "usb0"}
	h.openSettings(sectionNetwork)
	for words, on := range map[string]bool{"eth0": true, "wlan0 (Wi-Fi)": false, "usb0 (not here now)": true} {
		if got := find[*toggle](h, words).on; got != on {
			t.Errorf("%s: %v", words, got)
		}
	}
	h.node.cards = h.node.cards[1:]
	test.Tap(find[*toggle](h, "wlan0 (Wi-Fi)"))
	find[*toggle](h, "eth0 (not here now)")
	if got := h.saved().Interfaces; !slices.Equal(got, []string{"eth0", "usb0", "wlan0"}) {
		t.Errorf("saved are %v", got)
	}
}
