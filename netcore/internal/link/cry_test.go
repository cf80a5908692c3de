package link

import (
	"net"
	"testing"

	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// TestCalled has a command, which says that it listens nowhere, be dialled because it calls: it sees this node, and is not
// listed; and once it is gone, nobody dials it.
func TestCalled(t *testing.T) {
	a, command := start(t, "A", newIdentity(t), false), start(t, "command", newIdentity(t), false)
	at := command.addrs()
	command.mu.Lock()
	command.port = 0
	command.mu.Unlock()
	<-a.ready
	for range 5 {
		a.Called(command.id.ID(), at)
	}
	eventually(t, "a link", func() bool { return command.sees(a) && a.links(command) == 1 })
	a.Called(command.id.ID(), at)
	if a.sees(command) || command.links(a) != 1 {
		t.Errorf("A lists the command: %v; and has %d links to it", a.sees(command), command.links(a))
	}
	c, err := command.Dial(t.Context(), a.id.ID(), wire.PurposeTransfer) // A is asked to dial, if it must be
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	command.stop()
	eventually(t, "A has no link, and does not look for one", func() bool {
		a.Manager.mu.Lock()
		defer a.Manager.mu.Unlock()
		p := a.peers[command.id.ID()]
		return p != nil && len(p.links) == 0 && !p.kept && len(p.places) == 0
	})
}

// TestCallsMeantForOthers come from one that has dialled us.
func TestCallsMeantForOthers(t *testing.T) {
	a, command := start(t, "A", newIdentity(t), false), start(t, "command", newIdentity(t), true)
	command.hint(a)
	eventually(t, "a link", func() bool { return a.links(command) == 1 })
	dialled := make(chan struct{}, 10)
	addrs := listen(t, func(raw net.Conn) { raw.Close(); dialled <- struct{}{} })
	a.Called(command.id.ID(), addrs)
	b := start(t, "B", newIdentity(t), false)
	<-b.ready
	b.Called(command.id.ID(), addrs)
	<-dialled
	select {
	case <-dialled:
		t.Error("A has dialled too")
	default:
	}
}

// TestCallsInEveryName are answered no more than anything else that strangers make up.
func TestCallsInEveryName(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	hole := mute(t)
	<-a.ready
	for i := range 3 * maxPeers {
		a.Called(identity.PeerID{byte(i), byte(i >> 8), 3}, hole)
	}
	a.Manager.mu.Lock()
	peers := len(a.peers)
	a.Manager.mu.Unlock()
	if peers > maxPeers || len(a.strangers) > maxDials {
		t.Errorf("%d peers are kept, %d dials under way", peers, len(a.strangers))
	}
}
