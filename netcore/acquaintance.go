package netcore

import (
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/wire"
)

// acquaintance is what is remembered of a peer that this node has had to do with: what the network
// says of it, and what people here have decided.
type acquaintance struct {
	Name   string           `json:"name"` // its owner's
	System string           `json:"system,omitempty"`
	Addrs  []netip.AddrPort `json:"addrs,omitempty"`
	Seen   time.Time        `json:"seen"` // when it was online last

	decisions
}

// decisions are what people here have decided about a peer. Any process that uses the same config folder
// may change them.
type decisions struct {
	Met        time.Time  `json:"met,omitzero"` // since when it is known
	Nickname   string     `json:"nickname,omitempty"`
	Verified   time.Time  `json:"verified,omitzero"`
	AutoAccept AutoAccept `json:"auto_accept,omitzero"`
	Blocked    bool       `json:"blocked,omitempty"`
}

// readAcquaintance reads what the store has kept.
func readAcquaintance(body []byte) (*acquaintance, error) {
	a := new(acquaintance)
	if err := json.Unmarshal(body, a); err != nil {
		return nil, err
	}
	a.Name, a.System, a.Nickname = wire.CleanName(a.Name), wire.CleanName(a.System), wire.CleanName(a.Nickname)
	if a.Blocked || a.Verified.IsZero() {
		a.distrust()
	}
	return a, nil
}

// sees takes over what a link says.
func (a *acquaintance) sees(s link.State) {
	if s.Hello.Name != "" {
		a.Name, a.System = s.Hello.Name, s.Hello.System
	}
	if len(s.Addrs) > 0 {
		a.Addrs = slices.Clone(s.Addrs)
	}
	a.Seen = time.Now()
}

// distrust takes back that it is verified, and what depends on that.
func (d *decisions) distrust() { d.Verified, d.AutoAccept = time.Time{}, AutoAccept{} }

// matters reports whether a person has decided something: such a peer is not forgotten for others.
func (d *decisions) matters() bool {
	return d.Blocked || !d.Verified.IsZero() || d.Nickname != ""
}

func (d decisions) equal(o decisions) bool {
	return d.Met.Equal(o.Met) && d.Nickname == o.Nickname && d.Verified.Equal(o.Verified) &&
		d.AutoAccept == o.AutoAccept && d.Blocked == o.Blocked
}

// A shift is a change of what is remembered of a peer; nil: nothing.
type shift struct {
	id       PeerID
	was, now *acquaintance
}

// opens reports whether a door opens by it, or closes: the peer is known, or blocked, and was not, or the other way round.
func (s shift) opens() bool {
	return (s.was == nil) != (s.now == nil) || s.was != nil && s.was.Blocked != s.now.Blocked
}

// label is what the peer is called here.
func (a *acquaintance) label() string {
	if a.Nickname != "" {
		return a.Nickname
	}
	return a.Name
}
