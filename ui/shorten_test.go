package ui

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// within makes every rune as wide as any other.
func within(n int) func(string) bool {
	return func(s string) bool { return utf8.RuneCountInString(s) <= n }
}

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		in    string
		where cut
		width int
		want  string
	}{
		{"report.pdf", cutMid, 10, "report.pdf"},
		{"quarterly report (1).pdf", cutMid, 16, "quarter… (1).pdf"},
		{"quarterly report (2).pdf", cutMid, 12, "qua… (2).pdf"},
		{"quarterly report", cutMid, 12, "quarter…port"},
		{"quarterly report", cutEnd, 12, "quarterly r…"},
		{"quarterly report", cutEnd, 11, "quarterly…"}, // no space before the ellipsis
		{"name.not-an-extension", cutMid, 12, "name.no…sion"},
		{"季度报告最终版本.xlsx", cutMid, 11, "季…最终版本.xlsx"},
		{"a very long name.pdf", cutMid, 5, "a ve…"}, // no room for the end
		{"anything", cutMid, 1, "…"},
		{"anything", cutMid, 0, "…"},
		{"/home/anna/Downloads/Ferry", cutStart, 16, "…Downloads/Ferry"},
		{"", cutMid, 0, ""},
		{"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", cutEnd, 6, "e\u0301e\u0301…"},
		{"👩\u200d👧abcdefghij", cutEnd, 3, "…"},
	} {
		if got := shorten(test.in, test.where, within(test.width)); got != test.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		in    string
		width int
		want  []string
	}{
		{"the quick brown fox", 10, []string{"the quick", "brown fox"}},
		{"the quick brown fox", 3, []string{"the", "qui", "ck", "bro", "wn", "fox"}},
		{"此设备未经验证，请注意。", 7, []string{"此设备未经验", "证，请注意。"}},
		{"发给 Anna 的文件", 8, []string{"发给 Anna", "的文件"}},
		{"", 5, []string{""}},
		{"abc", 0, []string{"a", "b", "c", ""}},
	} {
		if got := wrap(test.in, within(test.width)); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
		}
	}
}

func FuzzShortenAndWrap(f *testing.F) {
	f.Add("quarterly report (1).pdf", 12)
	f.Add("季度报告 final\xff.xlsx", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s = display(s)
		fits := within(width)
		for _, where := range []cut{cutEnd, cutMid, cutStart} {
			if got := shorten(s, where, fits); got != ellipsis && !fits(got) {
				t.Errorf("shorten(%q, %d) = %q", s, width, got)
			}
		}
		if width < 1 {
			return
		}
		lines := wrap(s, fits)
		for _, line := range lines {
			if !fits(line) && len(boundaries(line)) > 1 {
				t.Errorf("wrap(%q, %d) has %q", s, width, line)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(s) {
			t.Errorf("wrap(%q, %d) says %q", s, width, got)
		}
	})
}
