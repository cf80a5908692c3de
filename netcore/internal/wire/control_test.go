package wire

import (
	"errors"
	"testing"

	"ferry/netcore/internal/fault"
)

func FuzzControl(f *testing.F) {
	f.Add([]byte(`{"purpose":"link","name":"x","instance":"1"}`))
	f.Add([]byte(`{"id":"000102030405060708090a0b0c0d0e0f","files":1,"folders":0,"links":2,"bytes":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var h Hello
		if Decode(body, &h) == nil && (len([]rune(h.Name)) > MaxName || h.Instance == "") {
			t.Fatalf("hello beyond the limits: %+v", h)
		}
		var o Offer
		if Decode(body, &o) == nil && (min(o.Files, o.Folders, o.Links, o.Bytes) < 0 || o.Files+o.Folders+o.Links > MaxEntries) {
			t.Fatalf("offer beyond the limits: %+v", o)
		}
		var j Join
		if Decode(body, &j) == nil && len(j.ID) != 32 {
			t.Fatalf("join of %q", j.ID)
		}
	})
}

func TestControlChecks(t *testing.T) {
	const id = `"id":"000102030405060708090a0b0c0d0e0f",`
	tests := map[string]struct {
		body string
		into any
	}{
		"no JSON":            {"hello", new(Hello)},
		"purpose":            {`{"purpose":"other","instance":"1"}`, new(Hello)},
		"no instance":        {`{"purpose":"link"}`, new(Hello)},
		"port":               {`{"purpose":"link","instance":"1","port":65536}`, new(Hello)},
		"negative files":     {`{` + id + `"files":-1,"folders":2,"bytes":0}`, new(Offer)},
		"negative links":     {`{` + id + `"files":2,"folders":0,"links":-1,"bytes":0}`, new(Offer)},
		"negative bytes":     {`{` + id + `"files":2,"folders":0,"bytes":-1}`, new(Offer)},
		"nothing":            {`{` + id + `"files":0,"folders":0,"bytes":0}`, new(Offer)},
		"too many":           {`{` + id + `"files":4000000,"folders":1,"bytes":0}`, new(Offer)},
		"too many links":     {`{` + id + `"files":2000000,"folders":0,"links":2000001,"bytes":0}`, new(Offer)},
		"sum that overflows": {`{` + id + `"files":9223372036854775807,"folders":9223372036854775807,"links":9223372036854775807,"bytes":0}`, new(Offer)},
		"offer without ID":   {`{"files":1,"folders":0,"bytes":0}`, new(Offer)},
		"join without ID":    {`{}`, new(Join)},
		"join of a short ID": {`{"id":"00"}`, new(Join)},
		"join of no digits":  {`{"id":"0001020304050607 8090a0b0c0d0e0f"}`, new(Join)},
	}
	for name, tt := range tests {
		if err := Decode([]byte(tt.body), tt.into); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
	}
}

func TestControlRoundTrip(t *testing.T) {
	offer := Offer{ID: "000102030405060708090a0b0c0d0e0f", Files: 1_000_000, Folders: 1_000_000, Links: 2_000_000, Bytes: 1 << 62}
	var got Offer
	if body, err := Encode(offer); err != nil || Decode(body, &got) != nil || got != offer {
		t.Errorf("%+v became %+v (%v)", offer, got, err)
	}
	join := Join{ID: offer.ID}
	var again Join
	if body, err := Encode(join); err != nil || Decode(body, &again) != nil || again != join {
		t.Errorf("%+v became %+v (%v)", join, again, err)
	}
}
