package main

import (
	"encoding/hex"
	"math"
	"time"

	"ferry/netcore"
)

// jsonFigures is how far a transfer is.
type jsonFigures struct {
	DoneFiles  int      `json:"done_files"`
	DoneBytes  int64    `json:"done_bytes"`
	Found      int64    `json:"found_bytes"`
	FoundFiles int      `json:"found_files"`
	Rate       int64    `json:"bytes_per_second"`
	Left       *float64 `json:"left_seconds,omitempty"`
}

func figures(t netcore.Transfer) jsonFigures {
	f := jsonFigures{t.DoneFiles, t.DoneBytes, t.Found, t.FoundFiles, int64(math.Round(t.Rate)), nil}
	if t.State == netcore.Running && t.Left >= 0 {
		seconds := t.Left.Seconds()
		f.Left = &seconds
	}
	return f
}

type jsonTransfer struct {
	ID        netcore.TransferID `json:"transfer_id"`
	State     string             `json:"state"`
	Direction string             `json:"direction"`
	Peer      jsonPeer           `json:"peer"`
	Names     []string           `json:"names"`
	Files     int                `json:"files"`
	Folders   int                `json:"folders"`
	Links     int                `json:"links"`
	Bytes     int64              `json:"bytes"`
	jsonFigures
	Changed      int           `json:"changed_count"`
	Unwanted     int           `json:"unwanted_files"`
	ByRule       bool          `json:"by_rule"`
	Active       float64       `json:"active_seconds"`
	Started      time.Time     `json:"started"`
	Ended        *time.Time    `json:"ended,omitempty"`
	Dir          string        `json:"dir,omitempty"`
	Paths        []string      `json:"paths"`
	FailedCount  int           `json:"failed_count"`
	Failed       []jsonFailure `json:"failed"`
	RenamedCount int           `json:"renamed_count"`
	Renamed      []jsonRename  `json:"renamed"`
	Receipt      *jsonReceipt  `json:"receipt,omitempty"`
	Error        *jsonFailure  `json:"error,omitempty"`
}

type jsonFailure struct {
	Path   string `json:"path,omitempty"`
	Local  string `json:"local_path,omitempty"`
	Code   string `json:"code"`
	Remote bool   `json:"remote"`
	Text   string `json:"text"`
}

type jsonRename struct {
	Path     string `json:"path"`
	Local    string `json:"local"`
	Original string `json:"original,omitempty"`
}

type jsonReceipt struct {
	Files  int    `json:"files"`
	Bytes  int64  `json:"bytes"`
	Failed int    `json:"failed"`
	Root   string `json:"root"`
}

func (j *jsonOutput) transfer(at time.Time, t netcore.Transfer) {
	if j != nil {
		j.put(at, "transfer", transferObject(t))
	}
}

func transferObject(t netcore.Transfer) jsonTransfer {
	o := jsonTransfer{
		ID: t.ID, State: t.State.String(), Direction: t.Direction.String(), Peer: peerObject(t.Peer),
		Names: some(t.Names), Files: t.Files, Folders: t.Folders, Links: t.Links, Bytes: t.Bytes,
		jsonFigures: figures(t), Changed: t.ChangedCount, Started: t.Started.UTC(), Dir: t.Dir, Paths: some(t.Paths),
		Ended:    moment(t.Ended),
		Unwanted: t.Unwanted, ByRule: t.ByRule, Active: t.Active.Seconds(),
		FailedCount: t.FailedCount, Failed: []jsonFailure{},
		RenamedCount: t.RenamedCount, Renamed: []jsonRename{},
	}
	for _, e := range t.FailedEntries {
		o.Failed = append(o.Failed, jsonFailure{e.Path, e.Local, netcore.ErrorCode(e.Err), e.Remote, reason(e.Err, e.Remote, t.Direction)})
	}
	for _, r := range t.Renamed {
		o.Renamed = append(o.Renamed, jsonRename{r.Path, r.Local, r.Original})
	}
	if r := t.Receipt; r != nil {
		o.Receipt = &jsonReceipt{r.Files, r.Bytes, r.Failed, hex.EncodeToString(r.Root)}
	}
	if t.Err != nil {
		o.Error = &jsonFailure{entryOf(t.Err), "", netcore.ErrorCode(t.Err), t.Err.Remote, transferReason(t)}
	}
	return o
}

func (j *jsonOutput) progress(at time.Time, t netcore.Transfer) {
	j.put(at, "progress", struct {
		ID    netcore.TransferID `json:"transfer_id"`
		Bytes int64              `json:"bytes"`
		jsonFigures
	}{t.ID, t.Bytes, figures(t)})
}
