package netcore_test

import (
	"testing"

	"ferry/netcore"
	. "ferry/netcore/netcoretest"
)

// TestWhoOnlyCallsIsKnownByName accepts from a command that sends and is gone: it can be dialled nowhere, and is listed
// from then on, by the name that its offer had and not by its ID.
func TestWhoOnlyCallsIsKnownByName(t *testing.T) {
	a := Start(t, "Anna", func(_ *netcore.Config, r *Recorder) { r.Answer = Into("") })
	command := Start(t, "build-server", func(c *netcore.Config, _ *Recorder) { c.Hidden, c.Listen = true, "" })
	id := command.Self().ID
	if end := command.WaitFinal(t, command.MustSend(t, command.Meet(t, a), aFile(t, "a.txt", "hello"))); end.State != netcore.Done {
		t.Fatalf("it is %v: %v", end.State, end.Err)
	}
	waitPeer(t, a, "the sender", id, func(p netcore.Peer) bool { return p.Known && p.Name == "build-server" })
	command.Stop()
	Eventually(t, "it to be gone", func() bool { return !sees(a, id) })
	if p := known(a, id); p.Name != "build-server" || p.OwnName != "build-server" || p.System == "" {
		t.Errorf("it is known as %+v", p)
	}
}
