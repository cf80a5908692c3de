package ui

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestPortalAnswers(t *testing.T) {
	chosen := func(uris ...string) map[string]dbus.Variant {
		return map[string]dbus.Variant{"uris": dbus.MakeVariant(uris)}
	}
	for _, test := range []struct {
		status  uint32
		results map[string]dbus.Variant
		want    []string
	}{
		{0, chosen("file:///home/a/x.txt", "file:///b"), []string{"/home/a/x.txt", "/b"}},
		{0, chosen("file:///a+b%20c%23d%25.txt"), []string{"/a+b c#d%.txt"}},
		{0, chosen("file:///%E6%8A%A5%FF"), []string{"/报\xff"}},
		{0, chosen("https://example.org/a", "smb://host/a"), nil},
		{1, map[string]dbus.Variant{}, nil}, // cancelled
		{2, map[string]dbus.Variant{}, nil},
	} {
		got, err := portalAnswer([]any{test.status, test.results})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%d %v: %q, %v", test.status, test.results, got, err)
		}
	}
	for _, body := range [][]any{nil, {uint32(0)}, {"x", "y"}, {uint32(0), map[string]dbus.Variant{}}} {
		if got, err := portalAnswer(body); err == nil {
			t.Errorf("%v: %q and no error", body, got)
		}
	}
}

func TestNoBusIsNoPicker(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if _, err := pickWithPortal(t.Context(), pickRequest{}); err == nil {
		t.Error("no error")
	}
}
