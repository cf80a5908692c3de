package netcore

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// FuzzSettings: whatever is in the file, what was read can be used, and comes back as it was when it is saved, with what was
// not understood. Nobody sees a device whose file has said something about that which is not understood.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"name": "Kim", "inbox": "/in", "limits": {"upload": 1000}, "visibility": "known", "interfaces": ["eth0"], "theme": "dark", "port": 1}`))
	f.Add([]byte(`{"name": "\u202e\u0000", "inbox": "relative", "limits": {"download": -1}, "visibility": "friends", "history_days": 1e9, "window": {"width": -1}}`))
	f.Add([]byte("{"))
	f.Add([]byte(`{"x": {"y": [null]}, "Visibility": 7, "visibility": "everyone",}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, trouble := parseSettings(data)
		if !s.sensible() {
			t.Fatalf("%+v makes no sense", s)
		}
		var said struct{ Visibility *Visibility }
		if err := json.Unmarshal(data, &said); err == nil && said.Visibility != nil && !said.Visibility.valid() && s.Visibility != VisibleToNone {
			t.Errorf("%q shows the device to %q", *said.Visibility, s.Visibility)
		}
		saved, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, still := parseSettings(saved)
		if still != nil && (still.Err != nil || trouble == nil || !slices.Equal(still.Keys, trouble.Keys)) {
			t.Fatalf("%s: wrong are %v", saved, still)
		}
		twice, err := again.encode()
		if err != nil || !reflect.DeepEqual(saved, twice) {
			t.Errorf("%s became %s (%v)", saved, twice, err)
		}
	})
}
