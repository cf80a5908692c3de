package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"time"

	"ferry/netcore"
	"ferry/netcore/plain"
)

// A jsonOutput writes the objects that JSON.md describes: one a line. All
// methods do nothing on nil, which stands for a run without --json.
type jsonOutput struct{ write func([]byte) }

// put writes one object: the name and time of the event, and the fields of
// body, a struct.
func (j *jsonOutput) put(at time.Time, event string, body any) {
	if j == nil {
		return
	}
	head, _ := encode(jsonHead{event, at.UTC()}) // a string and a time always can
	rest, err := encode(body)
	if err != nil {
		return // cannot happen with the types below: no maps, functions or odd floats
	}
	line := append(bytes.TrimSuffix(head, []byte("}\n")), ',')
	j.write(append(line, rest[1:]...))
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

type jsonHead struct {
	Event string    `json:"event"`
	Time  time.Time `json:"time"`
}

type jsonPeer struct {
	ID        netcore.PeerID   `json:"peer_id"`
	Name      string           `json:"name"`
	OwnName   string           `json:"own_name"`
	System    string           `json:"system"`
	Addresses []netip.AddrPort `json:"addresses"`
	Online    bool             `json:"online"`
	Trusted   bool             `json:"trusted"`
	Known     bool             `json:"known"`
	Blocked   bool             `json:"blocked"`
	Namesake  bool             `json:"namesake"`
	Seen      *time.Time       `json:"last_seen,omitempty"`
	Verified  *time.Time       `json:"verified,omitempty"`
	Rule      *jsonRule        `json:"auto_accept,omitempty"`
}

func peerObject(p netcore.Peer) jsonPeer {
	o := jsonPeer{
		ID: p.ID, Name: p.Name, OwnName: ownName(p), System: p.System, Addresses: some(p.Addrs), Online: p.Online,
		Trusted: p.AutoAccept.On, Known: p.Known, Blocked: p.Blocked, Namesake: p.Namesake,
		Seen: moment(p.Seen), Verified: moment(p.Verified),
	}
	if p.AutoAccept.On {
		o.Rule = &jsonRule{p.AutoAccept.Dir, p.AutoAccept.MaxBytes, p.AutoAccept.FilesOnly}
	}
	return o
}

// jsonRule is what is accepted without asking.
type jsonRule struct {
	Dir       string `json:"dir,omitempty"`
	MaxBytes  int64  `json:"max_bytes,omitempty"`
	FilesOnly bool   `json:"files_only"`
}

// moment is t for programs; nil if there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func peerObjects(peers []netcore.Peer) []jsonPeer {
	objects := make([]jsonPeer, len(peers))
	for i, p := range peers {
		objects[i] = peerObject(p)
	}
	return objects
}

// some makes an empty list of none: programs like [] better than null.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (j *jsonOutput) listening(at time.Time, o nodeOpened) {
	j.put(at, "listening", struct {
		ID        netcore.PeerID   `json:"peer_id"`
		Name      string           `json:"name"`
		System    string           `json:"system"`
		Address   netip.AddrPort   `json:"address"`
		Addresses []netip.AddrPort `json:"addresses"`
		Config    string           `json:"config"`
		Inbox     string           `json:"inbox"`
	}{o.self.ID, o.self.Name, o.self.System, o.listen, some(o.self.Addrs), o.dir, o.inbox})
}

// identity tells who this device is; old is the name of the key that it had before, if it has a
// new one now.
func (j *jsonOutput) identity(self netcore.Peer, dir, inbox, old string) {
	j.put(time.Now(), "id", struct {
		ID     netcore.PeerID `json:"peer_id"`
		Name   string         `json:"name"`
		System string         `json:"system"`
		Config string         `json:"config"`
		Inbox  string         `json:"inbox"`
		Old    string         `json:"old_key,omitempty"`
	}{self.ID, self.Name, self.System, dir, inbox, old})
}

func (j *jsonOutput) peer(at time.Time, p netcore.Peer) {
	j.put(at, "peer", struct {
		Peer jsonPeer `json:"peer"`
	}{peerObject(p)})
}

// decided tells what a command has decided about a peer.
func (j *jsonOutput) decided(p netcore.Peer) {
	j.put(time.Now(), "decided", struct {
		Peer jsonPeer `json:"peer"`
	}{peerObject(p)})
}

// verification tells that codes are to be compared with a peer.
func (j *jsonOutput) verification(at time.Time, c comparisonBegun) {
	j.put(at, "verification", struct {
		Peer  jsonPeer `json:"peer"`
		Asked bool     `json:"asked"`
	}{peerObject(c.peer), c.asked})
}

func (j *jsonOutput) peers(peers []netcore.Peer) {
	j.put(time.Now(), "peers", struct {
		Peers []jsonPeer `json:"peers"`
	}{peerObjects(peers)})
}

// history tells of transfers that have ended, the newest first.
func (j *jsonOutput) history(past []netcore.Transfer) {
	objects := make([]jsonTransfer, len(past))
	for i, t := range past {
		objects[i] = transferObject(t)
	}
	j.put(time.Now(), "history", struct {
		Transfers []jsonTransfer `json:"transfers"`
	}{objects})
}

func (j *jsonOutput) offer(at time.Time, o netcore.Offer) {
	top := make([]jsonEntry, len(o.Top))
	for i, e := range o.Top {
		top[i] = jsonEntry{e.Path, e.Kind == netcore.Folder, e.Size, e.Target, e.Original, riskCode(riskOf(e))}
	}
	var free *int64
	if o.Free >= 0 {
		free = &o.Free
	}
	j.put(at, "offer", struct {
		ID      netcore.TransferID `json:"transfer_id"`
		Peer    jsonPeer           `json:"peer"`
		Files   int                `json:"files"`
		Folders int                `json:"folders"`
		Links   int                `json:"links"`
		Bytes   int64              `json:"bytes"`
		Top     []jsonEntry        `json:"top"`
		Inbox   string             `json:"inbox"`
		Free    *int64             `json:"free_bytes,omitempty"`
	}{o.ID, peerObject(o.Peer), o.Files, o.Folders, o.Links, o.Bytes, top, o.Inbox, free})
}

type jsonEntry struct {
	Name     string `json:"name"`
	Folder   bool   `json:"folder"`
	Bytes    int64  `json:"bytes"`
	Target   string `json:"target,omitempty"`
	Original string `json:"original,omitempty"`
	Risk     string `json:"risk,omitempty"`
}

func riskCode(d plain.Danger) string {
	switch d {
	case plain.Macros:
		return "macros"
	case plain.Script:
		return "script"
	case plain.Program:
		return "program"
	case plain.Disguised:
		return "disguised"
	}
	return ""
}

func (j *jsonOutput) warning(at time.Time, w netcore.Warning, text string) {
	j.put(at, "warning", struct {
		Code string `json:"code"`
		Text string `json:"text"`
	}{warningCode(w.Kind), text})
}

func warningCode(k netcore.WarningKind) string {
	switch k {
	case netcore.WarnPort:
		return "port"
	case netcore.WarnDiscovery:
		return "discovery"
	case netcore.WarnKeyFile:
		return "key-file"
	case netcore.WarnStore:
		return "store"
	case netcore.WarnClone:
		return "clone"
	case netcore.WarnVerify:
		return "verify"
	}
	return "other"
}

// failure tells what ended the command, if it was not a transfer.
func (j *jsonOutput) failure(err error, text string, exit int) {
	j.put(time.Now(), "error", struct {
		Code string `json:"code"`
		Text string `json:"text"`
		Exit int    `json:"exit"`
	}{failureCode(err), text, exit})
}

// failureCode returns the short name of what ended a command.
func failureCode(err error) string {
	var (
		usage *usageError
		peer  *peerError
	)
	switch {
	case errors.As(err, &usage):
		return "usage"
	case errors.As(err, &peer):
		return "no-peer"
	case errors.Is(err, netcore.ErrIdentity):
		return "identity"
	case errors.Is(err, netcore.ErrDifferent):
		return "different"
	case errors.Is(err, netcore.ErrNotVerified):
		return "not-verified"
	}
	return netcore.ErrorCode(err)
}
