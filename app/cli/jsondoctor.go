package main

import (
	"net/netip"
	"time"

	"ferry/netcore"
)

func (j *jsonOutput) address(self netcore.Peer, addrs []netip.AddrPort, ticket string) {
	j.put(time.Now(), "address", struct {
		ID        netcore.PeerID   `json:"peer_id"`
		Name      string           `json:"name"`
		Addresses []netip.AddrPort `json:"addresses"`
		Ticket    string           `json:"ticket"`
	}{self.ID, self.Name, some(addrs), ticket})
}

type jsonFinding struct {
	Code   string `json:"code"`
	Health health `json:"health"`
	Text   string `json:"text"`
	Todo   string `json:"todo,omitempty"`
}

type jsonInterface struct {
	Name      string       `json:"name"`
	Addresses []netip.Addr `json:"addresses"`
	Wireless  bool         `json:"wireless"`
}

// doctor tells how this computer is connected.
func (j *jsonOutput) doctor(d netcore.Diagnosis, peers []netcore.Peer, found findings) {
	interfaces := make([]jsonInterface, len(d.Interfaces))
	for i, one := range d.Interfaces {
		interfaces[i] = jsonInterface{one.Name, some(one.Addrs), one.Wireless}
	}
	checks := []jsonFinding{}
	for _, f := range append(found, peersFinding(peers)) {
		checks = append(checks, jsonFinding{f.code, f.health, f.text, f.todo})
	}
	var heard *time.Time
	if !d.Heard.IsZero() {
		at := d.Heard.UTC()
		heard = &at
	}
	j.put(time.Now(), "doctor", struct {
		OK         bool            `json:"ok"`
		Checks     []jsonFinding   `json:"checks"`
		Interfaces []jsonInterface `json:"interfaces"`
		Port       uint16          `json:"port,omitempty"`
		Heard      *time.Time      `json:"heard,omitempty"`
		Peers      []jsonPeer      `json:"peers"`
	}{found.code() == exitOK, checks, interfaces, d.Port, heard, peerObjects(peers)})
}

type jsonAttempt struct {
	Address   netip.AddrPort `json:"address"`
	RoundTrip *float64       `json:"round_trip_seconds,omitempty"`
	Code      string         `json:"code,omitempty"`
}

func attemptObjects(tried []netcore.Attempt) []jsonAttempt {
	objects := make([]jsonAttempt, len(tried))
	for i, a := range tried {
		objects[i] = jsonAttempt{Address: a.Addr, Code: netcore.ErrorCode(a.Err)}
		if a.Err == nil && a.RoundTrip > 0 {
			seconds := a.RoundTrip.Seconds()
			objects[i].RoundTrip = &seconds
		}
	}
	return objects
}

// doctorPeer tells who of this computer and a peer can reach the other.
func (j *jsonOutput) doctorPeer(d netcore.PeerDiagnosis, v verdict) {
	j.put(time.Now(), "doctor-peer", struct {
		OK       bool          `json:"ok"`
		Peer     jsonPeer      `json:"peer"`
		Linked   bool          `json:"linked"`
		There    reach         `json:"peer_reached"`
		Back     reach         `json:"self_reached"`
		Attempts []jsonAttempt `json:"attempts_there"`
		Answers  []jsonAttempt `json:"attempts_back"`
		BackCode string        `json:"back_code,omitempty"`
		Text     string        `json:"text"`
		Todo     string        `json:"todo,omitempty"`
	}{
		v.health == well, peerObject(d.Peer), d.Linked, v.there, v.back,
		attemptObjects(d.There), attemptObjects(d.Back), netcore.ErrorCode(d.BackErr), v.text, v.todo,
	})
}
