//go:build linux

package discovery

import (
	"encoding/json"
	"testing"
	"time"

	"ferry/netcore/netcoretest/lan"
)

// TestTwoHundredNodes measures what a question costs on a network of two hundred, and reckons what that comes to. The nodes are
// in one process, and answer only. As they have one address, they are not heard all at once: the rest answers another question.
func TestTwoHundredNodes(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 3)
	start(t, l.Host(2), "crowd", "crowd").awaitNetwork("ready")
	a := start(t, l.Host(1), "node", "a")
	a.awaitNetwork("eth0")
	eventually(t, "all are seen", func() bool { a.status("refresh"); return len(a.saw()) >= crowdOfTest })

	before := carried(t, l.Host(3))
	newcomer := start(t, l.Host(3), "hidden", "b")
	eventually(t, "a newcomer sees all", func() bool { newcomer.status("refresh"); return len(newcomer.saw()) >= crowdOfTest })
	whole := carried(t, l.Host(3)) - before

	before = carried(t, l.Host(1))
	a.status("refresh")
	const least = 30 * crowdOfTest // bytes of a question that names all
	eventually(t, "it has asked again", func() bool { return carried(t, l.Host(1))-before >= least })
	known := carried(t, l.Host(1)) - before

	// A newcomer asks in both families, a later question comes in one. Every node answers one question in crowdTime, and asks when its
	// schedule says.
	answer := float64(whole) / 2 / crowdOfTest
	schedule := schedule{sweeps: len(firstSweeps)}
	rate := crowdOfTest*answer/crowdTime.Seconds() + crowdOfTest*float64(known)/schedule.next(crowdOfTest).Seconds()
	t.Logf("%d nodes: a newcomer's question costs %d KB, one that knows all %d KB; in the long run %.2f KB/s", crowdOfTest, whole/1000, known/1000, rate/1000)
	if known > 20_000 || rate > 2_000 {
		t.Errorf("a question of one who knows all costs %d bytes, and all together %.0f bytes a second", known, rate)
	}
}

// carried is how many bytes eth0 of a host has sent and received.
func carried(t *testing.T, h *lan.Host) int {
	t.Helper()
	c := counters(t, h)
	return c.RX.Bytes + c.TX.Bytes
}

// sent is how many packets eth0 of a host has sent.
func sent(t *testing.T, h *lan.Host) int {
	t.Helper()
	return counters(t, h).TX.Packets
}

type linkCounters struct{ RX, TX struct{ Bytes, Packets int } }

func counters(t *testing.T, h *lan.Host) linkCounters {
	t.Helper()
	out, err := h.Command(t.Context(), "ip", "-s", "-j", "link", "show", "eth0").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ Stats64 linkCounters }
	if err := json.Unmarshal(out, &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return list[0].Stats64
}

// TestHundredStartsAndStops leaves nothing behind: the child looks for goroutines at its end.
func TestHundredStartsAndStops(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 1)
	restless := start(t, l.Host(1), "restless", "r")
	began := time.Now()
	restless.awaitNetwork("ready")
	t.Logf("%d starts and stops took %v", startsAndStops, time.Since(began).Round(time.Millisecond))
	restless.stop()
}
