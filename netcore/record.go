package netcore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/store"
)

// record is a Transfer as the store has it: what there is to know of it beside
// the columns.
type record struct {
	State  string `json:"state"`
	Name   string `json:"name"` // of the peer
	System string `json:"system,omitempty"`

	Names   []string `json:"names,omitempty"`
	Files   int      `json:"files"`
	Folders int      `json:"folders,omitempty"`
	Links   int      `json:"links,omitempty"`
	Bytes   int64    `json:"bytes"`

	Unwanted   int   `json:"unwanted,omitempty"`
	DoneFiles  int   `json:"done_files,omitempty"`
	DoneBytes  int64 `json:"done_bytes,omitempty"`
	FoundFiles int   `json:"found_files,omitempty"`
	Found      int64 `json:"found,omitempty"`
	Changed    int   `json:"changed,omitempty"`

	Active time.Duration `json:"active,omitempty"` // nanoseconds

	Dir          anyText        `json:"dir,omitempty"`
	Paths        []anyText      `json:"paths,omitempty"`
	FailedCount  int            `json:"failed_count,omitempty"`
	Failed       []recordFailed `json:"failed,omitempty"`
	RenamedCount int            `json:"renamed_count,omitempty"`
	Renamed      []recordMoved  `json:"renamed,omitempty"`
	Receipt      *Receipt       `json:"receipt,omitempty"`
	Err          *recordErr     `json:"error,omitempty"`

	kept
}

type recordFailed struct {
	Path   anyText    `json:"path"`
	Local  anyText    `json:"local,omitempty"`
	Code   fault.Code `json:"code"`
	Remote bool       `json:"remote,omitempty"`
}

type recordMoved struct {
	Path     anyText `json:"path"`
	Local    anyText `json:"local"`
	Original anyText `json:"original,omitempty"`
}

type recordErr struct {
	Op     string     `json:"op"`
	Path   anyText    `json:"path,omitempty"`
	Code   fault.Code `json:"code"`
	Remote bool       `json:"remote,omitempty"`
}

// toStore is the form of t, with what else is kept of it, that lasts.
func toStore(t Transfer, k kept) (store.Transfer, error) {
	r := record{
		State: t.State.String(), Name: t.Peer.Name, System: t.Peer.System,
		Names: t.Names, Files: t.Files, Folders: t.Folders, Links: t.Links, Bytes: t.Bytes, Unwanted: t.Unwanted,
		DoneFiles: t.DoneFiles, DoneBytes: t.DoneBytes, FoundFiles: t.FoundFiles, Found: t.Found, Changed: t.ChangedCount, Active: t.Active,
		Dir: anyText(t.Dir), FailedCount: t.FailedCount,
		RenamedCount: t.RenamedCount, Receipt: t.Receipt,
		kept: k,
	}
	for _, p := range t.Paths {
		r.Paths = append(r.Paths, anyText(p))
	}
	for _, m := range t.Renamed {
		r.Renamed = append(r.Renamed, recordMoved{anyText(m.Path), anyText(m.Local), anyText(m.Original)})
	}
	for _, f := range t.FailedEntries {
		r.Failed = append(r.Failed, recordFailed{anyText(f.Path), anyText(f.Local), fault.CodeOf(f.Err), f.Remote})
	}
	if e := t.Err; e != nil {
		r.Err = &recordErr{e.Op, anyText(e.Path), fault.CodeOf(e.Err), e.Remote}
	}
	body, err := json.Marshal(r)
	return store.Transfer{
		ID: t.ID, Outgoing: t.Direction == Outgoing, Peer: t.Peer.ID,
		Started: t.Started, Ended: t.Ended, Untold: k.Untold, Words: searched(t), Body: body,
	}, err
}

// fromStore is the way back.
func fromStore(s store.Transfer) (Transfer, kept, error) {
	var r record
	if err := json.Unmarshal(s.Body, &r); err != nil {
		return Transfer{}, kept{}, fmt.Errorf("transfer %x in the database: %w", s.ID, err)
	}
	state := slices.Index(stateNames[:], r.State)
	if state < 0 || State(state).Final() == s.Ended.IsZero() || State(state) == Paused && r.Err == nil {
		return Transfer{}, kept{}, errors.New("a transfer in the database has no state that fits")
	}
	t := Transfer{
		ID: s.ID, Direction: Incoming, State: State(state),
		Peer:  Peer{ID: s.Peer, Name: r.Name, System: r.System},
		Names: r.Names, Files: r.Files, Folders: r.Folders, Links: r.Links, Bytes: r.Bytes, Unwanted: r.Unwanted,
		DoneFiles: r.DoneFiles, DoneBytes: r.DoneBytes, FoundFiles: r.FoundFiles, Found: r.Found, ChangedCount: r.Changed,
		Left: -1, Started: s.Started, Ended: s.Ended, Active: max(r.Active, 0), ByRule: r.ByRule,
		Dir: string(r.Dir), FailedCount: r.FailedCount,
		RenamedCount: r.RenamedCount, Receipt: r.Receipt,
	}
	if s.Outgoing {
		t.Direction = Outgoing
	}
	for _, p := range r.Paths {
		t.Paths = append(t.Paths, string(p))
	}
	for _, m := range r.Renamed {
		t.Renamed = append(t.Renamed, Rename{string(m.Path), string(m.Local), string(m.Original)})
	}
	for _, f := range r.Failed {
		t.FailedEntries = append(t.FailedEntries, EntryError{string(f.Path), string(f.Local), f.Code.Kind(), f.Remote})
	}
	if e := r.Err; e != nil {
		t.Err = &Error{Op: e.Op, Peer: r.Name, Path: string(e.Path), Remote: e.Remote, Err: e.Code.Kind()}
	}
	return t, r.kept, nil
}

// anyText is a path of this computer: text, or bytes that are none, which JSON
// cannot hold as they are.
type anyText string

// notText is in front of bytes in base64. No path begins with it.
const notText = "\x00"

// MarshalText implements [encoding.TextMarshaler].
func (s anyText) MarshalText() ([]byte, error) {
	if utf8.ValidString(string(s)) {
		return []byte(s), nil
	}
	return base64.StdEncoding.AppendEncode([]byte(notText), []byte(s)), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *anyText) UnmarshalText(text []byte) error {
	code, ok := bytes.CutPrefix(text, []byte(notText))
	if !ok {
		*s = anyText(text)
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(string(code))
	*s = anyText(b)
	return err
}
