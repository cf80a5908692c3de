package wire

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

func TestPing(t *testing.T) {
	for _, tt := range []struct {
		ask, want time.Duration
		first     byte
	}{
		{0, Interval, 0},
		{Interval, Interval, 0},
		{15*time.Second + 300*time.Millisecond, 15 * time.Second, 15},
		{time.Hour, MaxInterval, 30},
	} {
		const at = 90*time.Minute + 123*time.Microsecond
		b := AppendPing(nil, tt.ask, at)
		interval, got := ReadPing(b)
		if len(b) != pingSize || b[0] != tt.first || interval != tt.want || got != at {
			t.Errorf("asking for %v: % x, read as %v, %v", tt.ask, b, interval, got)
		}
	}
	if interval, at := ReadPing(bytes.Repeat([]byte{0xff}, pingSize)); interval != MaxInterval || at < 0 {
		t.Errorf("the largest numbers are read as %v, %v", interval, at)
	}
}

func TestPresenceLimits(t *testing.T) {
	addr := `"10.0.0.1:7776"`
	result := `{"addr":` + addr + `,"code":"timeout"}`
	for name, tt := range map[string]struct {
		body string
		into any
		ok   bool
	}{
		"addresses":          {`{"addrs":[` + addr + `,"[fe80::1%eth0]:1"]}`, new(Addrs), true},
		"none":               {`{}`, new(Addrs), true},
		"too many":           {`{"addrs":[` + strings.Repeat(addr+",", MaxAddrs) + addr + `]}`, new(Addrs), false},
		"no address":         {`{"addrs":["example.org:80"]}`, new(Addrs), false},
		"results":            {`{"results":[` + result + `]}`, new(Checked), true},
		"busy":               {`{"busy":true}`, new(Checked), true},
		"too many results":   {`{"results":[` + strings.Repeat(result+",", MaxAddrs) + result + `]}`, new(Checked), false},
		"a negative time":    {`{"results":[{"addr":` + addr + `,"us":-1}]}`, new(Checked), false},
		"a code too long":    {`{"results":[{"addr":` + addr + `,"code":"` + strings.Repeat("x", 33) + `"}]}`, new(Checked), false},
		"name":               {`{"name":"Anna"}`, new(Name), true},
		"no name":            {`{"name":7}`, new(Name), false},
		"call":               {`{"purpose":"transfer","instance":"1","call":"` + strings.Repeat("0f", 16) + `"}`, new(Hello), true},
		"call for a link":    {`{"purpose":"link","instance":"1","call":"` + strings.Repeat("0f", 16) + `"}`, new(Hello), false},
		"call with no hex":   {`{"purpose":"transfer","instance":"1","call":"` + strings.Repeat("xx", 16) + `"}`, new(Hello), false},
		"call that is short": {`{"purpose":"transfer","instance":"1","call":"0f"}`, new(Hello), false},
	} {
		if err := Decode([]byte(tt.body), tt.into); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzPresence holds the limits on what peers say over links.
func FuzzPresence(f *testing.F) {
	f.Add([]byte(`{"addrs":["10.0.0.1:7776","[fe80::1]:7776"]}`))
	f.Add([]byte(`{"results":[{"addr":"10.0.0.1:7776","us":850},{"addr":"10.0.0.5:7776","code":"timeout"}]}`))
	f.Add([]byte{15, 0, 0, 0, 0, 0, 1, 2})
	f.Fuzz(func(t *testing.T, body []byte) {
		var a Addrs
		if Decode(body, &a) == nil && len(a.Addrs) > MaxAddrs {
			t.Fatalf("%d addresses", len(a.Addrs))
		}
		var c Checked
		if Decode(body, &c) == nil {
			for _, r := range c.Results {
				if r.Micros < 0 || len(r.Code) > 32 || len(c.Results) > MaxAddrs {
					t.Fatalf("%+v", c)
				}
			}
		}
		if len(body) == pingSize {
			if interval, at := ReadPing(body); interval < Interval || interval > MaxInterval || at < 0 {
				t.Fatalf("% x: %v, %v", body, interval, at)
			}
		}
	})
}

// TestCheckedFits: it fits in its frame even if all is as long as can be.
func TestCheckedFits(t *testing.T) {
	var c Checked
	for range MaxAddrs {
		c.Results = append(c.Results, Result{Addr: netip.MustParseAddrPort("[fe80:1111:2222:3333:4444:5555:6666:7777]:65535"), Code: "unwritable", Micros: 1 << 40})
	}
	body, err := Encode(c)
	if err != nil || TypeChecked.check(len(body)) != nil {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestCancelRoundTrip(t *testing.T) {
	id := [16]byte{1, 2, 3}
	for _, code := range []fault.Code{"cancelled", "unreadable", "from the future"} {
		body := AppendCancel(nil, id, code)
		if gotID, got := ReadCancel(body); gotID != id || got != code {
			t.Errorf("%q became %x %q", code, gotID, got)
		}
		if err := TypeCancel.check(len(body)); err != nil {
			t.Error(err)
		}
	}
	if body := AppendCancel(nil, id, "cancelled"); len(body) != 16 {
		t.Errorf("a person's wish takes %d bytes", len(body))
	}
}
