package netcore

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzSettings: whatever is in the file, it is read or refused, and what was read can be used, and
// comes back as it was when it is saved.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"name": "Kim", "inbox": "/in", "limits": {"upload": 1000}, "visibility": "known", "interfaces": ["eth0"], "theme": "dark"}`))
	f.Add([]byte(`{"name": "\u202e\u0000", "inbox": "relative", "limits": {"download": -1}, "visibility": "friends", "history_days": 1e9, "window": {"width": -1}}`))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := parseSettings(data)
		if err != nil {
			return
		}
		saved, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, wrong, err := parseSettings(saved)
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%s: still wrong: %v (%v)", saved, wrong, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !reflect.DeepEqual(saved, twice) {
			t.Errorf("%s became %s (%v)", saved, twice, err)
		}
	})
}
