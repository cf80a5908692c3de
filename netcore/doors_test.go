package netcore

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func addrOf(i byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, i}) }

func idOf(i int) (id PeerID) {
	binary.BigEndian.PutUint64(id[:], uint64(i)+1)
	return id
}

func TestNewcomersDisplaceTheCrowd(t *testing.T) {
	d := newDoors()
	dropped := make(map[byte]int)
	enter := func(addr byte) *visit { return d.enter(addrOf(addr), func() { dropped[addr]++ }) }
	friend := enter(9)
	for range 5000 {
		enter(1)
	}
	for range 2000 {
		enter(2)
	}
	if dropped[1]+dropped[2] != 7000+1-maxUnproved || dropped[9] > 0 {
		t.Errorf("dropped: %v", dropped)
	}
	if len(d.unproved) != maxUnproved {
		t.Errorf("%d unproved", len(d.unproved))
	}
	if err := d.proved(friend, idOf(0), false); err != nil {
		t.Errorf("who came before the crowd: %v", err)
	}
	d.leave(friend)
}

func TestRoomForAClassBehindOneAddress(t *testing.T) {
	d := newDoors()
	in := 0
	for i := range 200 { // each with a link, and 30 of them with an offer too
		for range 1 + (230-i)/200 {
			if v := d.enter(addrOf(1), func() {}); d.proved(v, idOf(i), false) == nil {
				in++
			}
		}
	}
	if in != 231 {
		t.Errorf("%d of 231 connections", in)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	d := newDoors()
	var visits []*visit
	count := func(addr byte, peer int, friend bool) (in int) {
		for range 2 * maxStrangers {
			v := d.enter(addrOf(addr), func() {})
			err := d.proved(v, idOf(peer), friend)
			switch {
			case err == nil:
				in++
				visits = append(visits, v)
			case errors.Is(err, ErrBusy):
				d.leave(v)
			default:
				t.Fatal(err)
			}
			if !friend && peer >= 10 { // ever new ones
				peer++
			}
		}
		return in
	}
	for _, tt := range []struct {
		who    string
		addr   byte
		peer   int
		friend bool
		want   int
	}{
		{"one stranger", 1, 1, false, maxPerStranger},
		{"strangers of one address", 2, 10, false, maxStrangersPerAddr},
		{"strangers of another one", 3, 10_000, false, maxStrangers - maxStrangersPerAddr - maxPerStranger},
		{"a friend among strangers", 2, 2, true, maxPerFriend},
		{"a friend elsewhere", 4, 3, true, maxPerFriend},
	} {
		if got := count(tt.addr, tt.peer, tt.friend); got != tt.want {
			t.Errorf("%s: %d connections, want %d", tt.who, got, tt.want)
		}
	}
	for _, v := range visits {
		d.leave(v)
	}
	if len(d.peers) != 0 || d.strangers != 0 || len(d.unproved) != 0 {
		t.Errorf("left: %d peers, %d strangers, %d unproved", len(d.peers), d.strangers, len(d.unproved))
	}
}

func TestHandshakesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoors()
		friend := d.enter(addrOf(9), func() {})
		if err := d.proved(friend, idOf(0), true); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for i := range 3000 { // from addresses enough for none to be the limit
			v := d.enter(addrOf(byte(100+i%100)), func() {})
			if err := d.turn(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			d.leave(v)
		}
		if least := time.Duration(3000-handshakesBurst-1) * time.Second / handshakesPerSecond; time.Since(began) < least {
			t.Errorf("3000 handshakes within %v, want %v", time.Since(began), least)
		}
		began = time.Now()
		for range handshakesBurstPerAddr {
			if err := d.turn(t.Context(), d.enter(addrOf(9), func() {})); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("a friend's address had to wait for %v", waited)
		}
	})
}

func TestAddressesAreForgotten(t *testing.T) {
	d := newDoors()
	for i := range 3 * maxAddresses {
		d.leave(d.enter(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), func() {}))
	}
	if len(d.addrs) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(d.addrs))
	}
}

// TestWhoIsForgottenIsAStranger: also on the connections that stand. What is more than a stranger may have ends.
func TestWhoIsForgottenIsAStranger(t *testing.T) {
	d := newDoors()
	dropped := 0
	var visits []*visit
	for range 2 * maxPerStranger {
		v := d.enter(addrOf(1), func() { dropped++ })
		if err := d.proved(v, idOf(1), true); err != nil {
			t.Fatal(err)
		}
		visits = append(visits, v)
	}
	regard := func(friend bool) { d.regard(idOf(1), func(PeerID) bool { return friend }) }
	regard(true)
	if at := d.addrs[addrOf(1)]; dropped != 0 || at.friends != len(visits) {
		t.Errorf("still a friend: %d dropped, %d of a friend", dropped, at.friends)
	}
	regard(false)
	if at := d.addrs[addrOf(1)]; dropped != maxPerStranger || at.friends != 0 || d.strangers != len(visits) {
		t.Errorf("a stranger: %d dropped, %d of a friend, %d of strangers", dropped, at.friends, d.strangers)
	}
	for _, v := range visits[maxPerStranger:] {
		d.leave(v)
	}
	regard(true)
	for _, v := range visits[:maxPerStranger] {
		d.leave(v)
	}
	if at := d.addrs[addrOf(1)]; at.friends+at.strangers+d.strangers+len(d.peers) != 0 {
		t.Errorf("left: %+v, %d strangers, %d peers", *at, d.strangers, len(d.peers))
	}
}
