package main

import (
	"testing"

	"ferry/netcore"
)

func TestParseRate(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "0M": 0, "500K": 500_000, "500k": 500_000, "5M": 5_000_000, "1.5M": 1_500_000, "2.5g": 2_500_000_000,
		"1024": 1024, "2000000": 2_000_000, "0.002M": 2000, ".5M": 500_000,
	} {
		if got, err := parseRate(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "K", "fast", "5MB", "5 M", "-1M", "+1M", "1e6", "inf", "NaN", "0x10", "1,5M", "1..5M", "1K", "1023", "0.1", "1e30G", "99999999999999999999G", "中"} {
		if got, err := parseRate(in); err == nil {
			t.Errorf("%q is %d", in, got)
		}
	}
}

func TestLimitsOfTheFlagsWinOverTheSettings(t *testing.T) {
	dir := t.TempDir()
	if err := (netcore.Settings{Limits: netcore.Limits{Upload: 3e6, Download: 4e6}}).Save(dir); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		flags []string
		want  netcore.Limits
	}{
		{"none", nil, netcore.Limits{Upload: 3e6, Download: 4e6}},
		{"one", []string{"--limit-up", "1.5M"}, netcore.Limits{Upload: 1.5e6, Download: 4e6}},
		{"lifted", []string{"--limit-up=0", "--limit-down", "500K"}, netcore.Limits{Download: 5e5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(&fakeNode{onSend: []netcore.Transfer{outgoing(netcore.Done)}})
			b.run(t, append(append([]string{"--config", dir, "send"}, test.flags...), "bob", someFile(t))...)
			if got := b.node.cfg.Limits; got != test.want {
				t.Errorf("send: %+v, want %+v", got, test.want)
			}
			b = newBench(&fakeNode{live: telling(incoming(1, netcore.Done))})
			b.run(t, append([]string{"--config", dir, "receive", "--accept", "all", "--count", "1"}, test.flags...)...)
			if got := b.node.cfg.Limits; got != test.want {
				t.Errorf("receive: %+v, want %+v", got, test.want)
			}
		})
	}
}
