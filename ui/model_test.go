package ui

import (
	"slices"
	"testing"

	"ferry/netcore"
)

func names(v view) (all []string) {
	for _, p := range v.peers {
		all = append(all, p.Name)
	}
	return all
}

func TestOnlyPeersOnlineAreShownByName(t *testing.T) {
	m := newModel()
	for _, name := range []string{"carol", "Bob", "anna", "Anna", "dave"} {
		m.apply(netcore.PeerChanged{Peer: somebody(name)})
	}
	gone := somebody("dave")
	gone.Online = false
	m.apply(netcore.PeerChanged{Peer: gone})
	v, _ := m.takeView()
	if want := []string{"Anna", "anna", "Bob", "carol"}; !slices.Equal(names(v), want) {
		t.Errorf("peers are %q, want %q", names(v), want)
	}
}

func TestTransfersAreNewestFirstAndKeepTheirPlace(t *testing.T) {
	m := newModel()
	tell := func(n int, s netcore.State) {
		m.apply(netcore.TransferChanged{Transfer: netcore.Transfer{ID: transferID(n), State: s}})
	}
	tell(1, netcore.Running)
	tell(2, netcore.Offered)
	tell(3, netcore.Running)
	tell(1, netcore.Done)
	v, _ := m.takeView()
	for i, want := range []int{3, 2, 1} {
		if v.items[i].ID != transferID(want) {
			t.Errorf("item %d is %s", i, v.items[i].ID)
		}
	}
	if v.onTheWay() != 2 || !v.items[2].ran || v.items[1].ran {
		t.Errorf("items are %+v", v.items)
	}
	m.clear()
	v, _ = m.takeView()
	if len(v.items) != 2 || v.items[0].ID != transferID(3) {
		t.Errorf("after clearing: %+v", v.items)
	}
}

// TestOnlyTheNewestThatHaveEndedStay: however long a window is open, it does not list ever more.
func TestOnlyTheNewestThatHaveEndedStay(t *testing.T) {
	m := newModel()
	tell := func(n int, s netcore.State) {
		m.apply(netcore.TransferChanged{Transfer: netcore.Transfer{ID: transferID(n), State: s}})
	}
	tell(0, netcore.Running)
	for n := range 3 * mostListed {
		tell(n+1, netcore.Running)
		tell(n+1, netcore.Done)
	}
	v, _ := m.takeView()
	if len(v.items) != mostListed || len(m.transfers) != mostListed {
		t.Fatalf("%d are listed and %d known, want %d", len(v.items), len(m.transfers), mostListed)
	}
	if v.items[0].ID != transferID(0) || v.items[1].ID != transferID(3*mostListed) {
		t.Errorf("the first are %v and %v", v.items[0].ID, v.items[1].ID)
	}
	for n := range 2 * mostListed {
		tell(4*mostListed+n, netcore.Paused)
	}
	if v, _ := m.takeView(); v.onTheWay() != 2*mostListed+1 {
		t.Errorf("%d of those on their way are left", v.onTheWay())
	}
}

func TestAPausedTransferIsOnTheWay(t *testing.T) {
	m := newModel()
	for n, s := range []netcore.State{netcore.Paused, netcore.Running, netcore.Done} {
		m.apply(netcore.TransferChanged{Transfer: netcore.Transfer{ID: transferID(n), State: s}})
	}
	m.clear()
	v, _ := m.takeView()
	if v.moving() != 1 {
		t.Errorf("%d are moving, want 1", v.moving())
	}
	if v.onTheWay() != 2 || len(v.items) != 2 || v.items[1].State != netcore.Paused || !v.items[1].ran {
		t.Errorf("items are %+v", v.items)
	}
}

func TestAViewIsTakenOnlyWhenSomethingChanged(t *testing.T) {
	m := newModel()
	if _, changed := m.takeView(); !changed {
		t.Error("the first view is not given")
	}
	if _, changed := m.takeView(); changed {
		t.Error("a view without a change")
	}
	m.apply(netcore.PeerChanged{Peer: anna})
	if _, changed := m.takeView(); !changed {
		t.Error("a change without a view")
	}
}

func TestWarningsComeOnceAndGo(t *testing.T) {
	m := newModel()
	m.apply(netcore.Warning{Kind: netcore.WarnDiscovery})
	m.apply(netcore.Warning{Kind: netcore.WarnPort})
	m.apply(netcore.Warning{Kind: netcore.WarnDiscovery})
	v, _ := m.takeView()
	if len(v.warnings) != 2 || v.warnings[1].Kind != netcore.WarnDiscovery {
		t.Errorf("warnings are %v", v.warnings)
	}
	m.apply(netcore.PeerChanged{Peer: anna}) // who finds somebody has a network
	m.dismiss(netcore.WarnPort)
	if v, _ = m.takeView(); len(v.warnings) != 0 {
		t.Errorf("warnings are %v", v.warnings)
	}
}
