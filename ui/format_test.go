package ui

import (
	"testing"
	"time"
)

func TestFormatSizes(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "0 B", 0: "0 B", 1: "1 B", 999: "999 B", 1000: "1 kB", 1049: "1 kB", 1050: "1.1 kB", 31_400_000: "31.4 MB",
		99_940_000: "99.9 MB", 99_960_000: "100 MB", 112_000_000: "112 MB", 999_499_999: "999 MB", 999_500_000: "1 GB",
		42_100_000_000: "42.1 GB", 1 << 62: "4.6 EB",
	} {
		if got := formatSize(n); got != want {
			t.Errorf("formatSize(%d) = %q, want %q", n, got, want)
		}
	}
	if got := formatSpeed(112e6); got != "112 MB/s" {
		t.Errorf("formatSpeed = %q", got)
	}
}

func TestFormatDone(t *testing.T) {
	for _, test := range []struct {
		done, total int64
		want        string
	}{
		{31e6, 48e6, "31"}, {0, 48e6, "0"}, {900e3, 48e6, "900 kB"}, {48e6, 48e6, "48"}, {0, 0, "0"}, {12, 900, "12"},
	} {
		if got := formatDone(test.done, test.total); got != test.want {
			t.Errorf("formatDone(%d, %d) = %q, want %q", test.done, test.total, got, test.want)
		}
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 318: "318", 1000: "1,000", -1000: "-1,000", 1234567: "1,234,567", -100: "-100"} {
		if got := formatCount(n); got != want {
			t.Errorf("formatCount(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestFormatSpan(t *testing.T) {
	spans := map[time.Duration][2]string{
		0:                       {"1 s", "1 秒"},
		2500 * time.Millisecond: {"3 s", "3 秒"},
		59 * time.Second:        {"59 s", "59 秒"},
		75 * time.Second:        {"1 min", "1 分钟"},
		100 * time.Second:       {"2 min", "2 分钟"},
		65 * time.Minute:        {"1 h 5 min", "1 小时 5 分钟"},
		47 * time.Hour:          {"2 d", "2 天"},
	}
	for i, locale := range []string{"en_US.UTF-8", "zh_CN.UTF-8"} {
		speak(t, locale)
		for d, want := range spans {
			if got := say(formatSpan(d)); got != want[i] {
				t.Errorf("%v is %q, want %q", d, got, want[i])
			}
		}
	}
}
