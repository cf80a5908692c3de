package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

// everyEvent writes one object of every type, with every field set.
func everyEvent() []map[string]any {
	var objects []map[string]any
	j := &jsonOutput{write: func(line []byte) {
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil || !strings.HasSuffix(string(line), "}\n") {
			panic(string(line))
		}
		objects = append(objects, object)
	}}
	now := time.Now()
	full := outgoing(netcore.Running, failedWith(netcore.ErrLost, true), func(t *netcore.Transfer) {
		t.Left, t.Ended, t.Dir, t.Rate = time.Second, now, "/inbox", 12.5
		t.FailedEntries = []netcore.EntryError{{Path: "a", Local: "/x/a", Err: netcore.ErrUnread}}
		t.Renamed = []netcore.Rename{{Path: "a", Local: "b", Original: "\xff"}}
		t.Receipt = &netcore.Receipt{Root: []byte{1}}
		t.Err.Path = "a"
	})
	j.listening(now, nodeOpened{self: anna, dir: "/c", inbox: "/i"})
	j.identity(anna, "/c", "/i", "/c/old")
	j.address(anna, anna.Addrs, "ferry:x")
	j.doctor(netcore.Diagnosis{Port: 1, Heard: now, Interfaces: []netcore.Interface{{Name: "eth0"}}}, []netcore.Peer{anna}, findings{{"network", ill, "a", "b"}})
	j.doctorPeer(netcore.PeerDiagnosis{
		Peer: anna, There: []netcore.Attempt{{RoundTrip: 1}}, Back: []netcore.Attempt{{Err: netcore.ErrTimeout}}, BackErr: netcore.ErrLost,
	}, verdict{finding{"peer", ill, "a", "b"}, reached, unreached})
	known := anna
	known.Known, known.Seen = true, now
	j.peer(now, known)
	j.peers([]netcore.Peer{bob})
	j.offer(now, netcore.Offer{Peer: anna, Top: []netcore.Entry{{Path: "a", Kind: netcore.Link, Target: "b", Original: "c"}}, Free: 5})
	j.transfer(now, full)
	j.progress(now, full)
	j.history([]netcore.Transfer{full})
	j.warning(now, netcore.Warning{Kind: netcore.WarnPort}, "text")
	j.failure(netcore.ErrLost, "text", 1)
	return objects
}

// Every event and every field is documented, and nothing is null.
func TestJSONIsDocumented(t *testing.T) {
	text, err := os.ReadFile("JSON.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	var check func(value any)
	check = func(value any) {
		switch value := value.(type) {
		case nil:
			t.Error("null")
		case []any:
			for _, v := range value {
				check(v)
			}
		case map[string]any:
			for key, v := range value {
				if !strings.Contains(doc, "`"+key+"`") {
					t.Errorf("field %s is not documented", key)
				}
				check(v)
			}
		}
	}
	for _, object := range everyEvent() {
		if name := object["event"].(string); !strings.Contains(doc, "## `"+name+"`") {
			t.Errorf("event %s is not documented", name)
		}
		check(object)
	}
}

func TestJSONLeavesOutWhatIsUnknown(t *testing.T) {
	data, err := encode(transferObject(outgoing(netcore.Queued, func(t *netcore.Transfer) { t.Names = nil })))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, key := range []string{"left_seconds", "ended", "dir", "receipt", "error"} {
		if strings.Contains(text, `"`+key+`"`) {
			t.Errorf("%s is there: %s", key, text)
		}
	}
	wantIn(t, text, `"names":[]`, `"paths":[]`, `"failed":[]`, `"renamed":[]`)
}

func TestJSONIsAllOnStandardOutput(t *testing.T) {
	b := newBench(&fakeNode{live: telling(
		incoming(1, netcore.Offered), incoming(1, netcore.Running), incoming(1, netcore.Running), incoming(1, netcore.Done))})
	b.run(t, "--json", "receive", "--accept", "all", "--count", "1")
	lines := strings.Split(strings.TrimSpace(b.out.String()), "\n")
	if !strings.HasPrefix(lines[0], `{"event":"listening",`) {
		t.Errorf("the first line is not listening: %s", lines[0])
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	wantIn(t, b.err.String(), "Received notes.txt from Anna")
}

func TestJSONTellsAllOfATransfer(t *testing.T) {
	data, err := encode(transferObject(outgoing(netcore.Done, func(t *netcore.Transfer) {
		t.Links, t.FoundFiles, t.ChangedCount = 3, 312, 2
		t.FailedEntries = []netcore.EntryError{{Path: "d/a", Local: "/home/d/a", Err: netcore.ErrUnread}}
		t.Renamed = []netcore.Rename{{Path: "b_", Local: "b_ (1)", Original: "b\xff"}}
		t.Unwanted, t.ByRule, t.Active = 4, true, 1500*time.Millisecond
		t.Receipt = &netcore.Receipt{Files: 7, Bytes: 9, Failed: 1, Root: []byte{0xab, 0x01}}
	})))
	if err != nil {
		t.Fatal(err)
	}
	wantIn(t, string(data), `"links":3`, `"found_files":312`, `"changed_count":2`, `"unwanted_files":4`, `"by_rule":true`, `"active_seconds":1.5`, `"path":"d/a","local_path":"/home/d/a"`,
		`"original":"b\ufffd"`, `"receipt":{"files":7,"bytes":9,"failed":1,"root":"ab01"}`)
}
