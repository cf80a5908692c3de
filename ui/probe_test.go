//go:build uiprobe

package ui

import (
	"encoding/json"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/netcore"
)

// look asks the probe what is on the screen.
func (h *harness) look(path string) map[string]probeWidget {
	h.t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	var report probeReport
	var read error
	done := false
	go func() {
		var r probeReport
		err := json.NewDecoder(conn).Decode(&r)
		h.do(func() { report, read, done = r, err, true })
	}()
	h.until("a report", func() bool { return done })
	if read != nil {
		h.t.Fatal(read)
	}
	if report.Width != firstWidth || report.Height != firstHeight || report.Scale != 1 {
		h.t.Errorf("the window is %+v", report)
	}
	found := make(map[string]probeWidget)
	for _, w := range report.Widgets {
		found[w.ID] = w
	}
	return found
}

func TestProbeTellsTheFieldsOfTheLimits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "probe")
	t.Setenv("FERRY_PROBE", path)
	h := newHarness(t)
	defer h.startProbe()()
	h.openSettings(sectionNetwork)
	found := h.look(path)
	for id, text := range map[string]string{"limits.upload": "2.5", "limits.download": "", "sheet.0": "Done"} {
		if w, ok := found[id]; !ok || w.Text != text || w.W == 0 {
			t.Errorf("%s is %+v", id, w)
		}
	}
}

func TestProbeTellsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "probe")
	t.Setenv("FERRY_PROBE", path)
	h := newHarness(t)
	defer h.startProbe()()
	h.meet(anna)
	h.tell(changed(ended(out(netcore.Paused, "a.txt"), netcore.ErrLost, false), 1))
	row, card := "transfer:"+transferID(1).String(), "peer:"+anna.ID.String()
	found := h.look(path)
	for id, text := range map[string]string{
		"self.name": "Kim", "status": "Received files go to /inbox", card: "Anna", row: "a.txt | to Anna · 0 of 0 B | waiting for Anna to come back",
		"button.files": "Send files…", "button.folder": "Send folder…", row + ".cancel": "Cancel", "button.settings": "Settings",
	} {
		if w, ok := found[id]; !ok || w.Text != text || w.W == 0 || w.H == 0 {
			t.Errorf("%s is %+v", id, w)
		}
	}
	if w := found[card]; w.W != sidebarWidth-2*space {
		t.Errorf("the card is at %+v", w)
	}
	for _, id := range []string{row + ".open", row + ".pause", row + ".retry", "limits.upload", "offer", "toast", "warning", "button.clear"} {
		if w, ok := found[id]; ok {
			t.Errorf("%s is told: %+v", id, w)
		}
	}

	h.offer(t.Context(), offerFrom(anna, "b.txt"))
	h.asked()
	for _, want := range [][]string{{"offer"}, {"offer", "offer.accept", "offer.decline"}} {
		var got []string
		for id := range h.look(path) {
			if strings.HasPrefix(id, "offer") {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		h.pass(settle)
	}
	if _, ok := h.look(path)[card]; ok {
		t.Error("a card below a sheet is told")
	}
}
