package ui

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestDisplay(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"report (1).pdf", "report (1).pdf"},
		{"日本語 テスト.txt", "日本語 テスト.txt"},
		{"a\u3000b\u00a0c", "a\u3000b\u00a0c"},
		{"one\ntwo\r\tthree", `one\ntwo\r\tthree`},
		{"esc\x1b[31m\x00\x7f\u0085", `esc\u{1b}[31m\u{0}\u{7f}\u{85}`},
		{"invoice\u202efdp.exe", `invoice\u{202e}fdp.exe`},
		{"\u2066x\u2069\u200f\u061c", `\u{2066}x\u{2069}\u{200f}\u{61c}`},
		{"a\u200bb\ufeffc\u2060d\u00ade", `a\u{200b}b\u{feff}c\u{2060}d\u{ad}e`},
		{"line\u2028para\u2029", `line\u{2028}para\u{2029}`},
		{"wide\u2003space", `wide\u{2003}space`},
		{"no ink: \u3164\u115f\u2800", `no ink: \u{3164}\u{115f}\u{2800}`},
		{"not UTF-8: \xff\xfe.txt", `not UTF-8: \xff\xfe.txt`},
		{"replaced \ufffd", "replaced \ufffd"},
		{"می\u200cخواهم", "می\u200cخواهم"},             // Persian needs it
		{"👩\u200d👩\u200d👧.png", "👩\u200d👩\u200d👧.png"}, // a family
		{"ab\u200dc", `ab\u{200d}c`},
		{"e\u0301tude", "e\u0301tude"},
		{"z\u0301\u0302\u0303\u0304\u0305", "z\u0301\u0302\u0303" + `\u{304}\u{305}`},
		{"tag\U000e0041", `tag\u{e0041}`},
		{"", ""},
	} {
		if got := display(test.in); got != test.want {
			t.Errorf("display(%q) = %q, want %q", test.in, got, test.want)
		}
		if got := display(display(test.in)); got != test.want {
			t.Errorf("display(display(%q)) = %q", test.in, got)
		}
	}
}

func TestDisplayKeepsBothEndsOfLongNames(t *testing.T) {
	got := display("begin" + strings.Repeat("長い", 5000) + "end.pdf")
	if !strings.HasPrefix(got, "begin") || !strings.HasSuffix(got, "end.pdf") || utf8.RuneCountInString(got) > maxShown+1 {
		t.Errorf("%d runes: %.20s…", utf8.RuneCountInString(got), got)
	}
}

func FuzzDisplay(f *testing.F) {
	for _, s := range []string{"", "a.txt", "\x1b[2J", "\u202e\xff", strings.Repeat("\n", 1000), "👩\u200d👧"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := display(s)
		if !utf8.ValidString(got) {
			t.Errorf("display(%q) is not UTF-8", s)
		}
		for _, r := range got {
			if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				t.Errorf("display(%q) has %U", s, r)
			}
		}
		if utf8.RuneCountInString(got) > maxShown+1 {
			t.Errorf("display(%q) is long", s)
		}
	})
}
