package plain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"a file", "report (1).pdf", "report (1).pdf"},
		{"two spaces", "a  b", "a  b"},
		{"Chinese", "中文 ☂ é.txt", "中文 ☂ é.txt"},
		{"a wide space", "日本語　テスト.txt", "日本語　テスト.txt"},
		{"decomposed", "e\u0301tude", "e\u0301tude"},
		{"Persian", "می\u200cخواهم.pdf", "می\u200cخواهم.pdf"},
		{"Arabic", "مُحَمَّد.doc", "مُحَمَّد.doc"},
		{"Hebrew", "שָׁלוֹם.txt", "שָׁלוֹם.txt"},
		{"Hindi", "क्\u200dष हिन्दी.txt", "क्\u200dष हिन्दी.txt"},
		{"Burmese", "မြွှို့.txt", "မြွှို့.txt"},
		{"Malayalam", "അവന്\u200d.txt", "അവന്\u200d.txt"},
		{"a family", "👩\u200d👩\u200d👧.png", "👩\u200d👩\u200d👧.png"},
		{"a skin", "👍🏽👩🏽\u200d🚀", "👍🏽👩🏽\u200d🚀"},
		{"a heart on fire", "❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"},
		{"a keycap", "1\ufe0f\u20e3 2", "1\ufe0f\u20e3 2"},
		{"a form of a name", "葛\U000e0100城", "葛\U000e0100城"},
		{"Arabic number sign", "\u0600١٢", "\u0600١٢"},
		{"replaced", "what\ufffd", "what\ufffd"},
		{"literal escape", `a\x1b`, `a\x1b`},

		{"control", "a\x1b[31mred\x00\x7f", `a\x1b[31mred\x00\x7f`},
		{"control of C1", "c1\u009b2J", `c1\u009b2J`},
		{"line breaks", "two\nlines\r\t", `two\nlines\r\t`},
		{"separators", "line\u2028para\u2029", `line\u2028para\u2029`},
		{"override", "invoice\u202efdp.exe", `invoice\u202efdp.exe`},
		{"isolates and marks", "\u2066x\u2069\u200f\u061c", `\u2066x\u2069\u200f\u061c`},
		{"zero width", "a\u200bb\ufeffc\u2060d\u00ade", `a\u200bb\ufeffc\u2060d\u00ade`},
		{"fillers", "no ink: \u3164\u115f\u2800\uffa0", `no ink: \u3164\u115f\u2800\uffa0`},
		{"a joiner of nothing", "ab\u200dc\u200cd", `ab\u200dc\u200cd`},
		{"joiners in a row", "👩\u200d\u200d👧", "👩\u200d" + `\u200d👧`},
		{"a selector of nothing", "a\ufe0f", `a\ufe0f`},
		{"selectors that carry bytes", "😀\ufe0f\U000e0101", "😀\ufe0f" + `\U000e0101`},
		{"tags", "tag\U000e0041", `tag\U000e0041`},
		{"private", "a\ue000", `a\ue000`},
		{"no character", "a\ufffe", `a\ufffe`},
		{"not UTF-8", "bad\xff\xc3(", `bad\xff\xc3(`},
		{"a surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},

		{"pushed out of sight", "photo.jpg" + strings.Repeat(" ", 40) + ".exe", "photo.jpg ␣×40 .exe"},
		{"by other spaces", "photo.jpg" + strings.Repeat("\u00a0\u2003 \u3000", 10) + ".exe", "photo.jpg ␣×40 .exe"},
		{"by what is no space", "photo.jpg" + strings.Repeat("\u3164", 40) + ".exe", `photo.jpg[\u3164×40].exe`},
		{"unusual spaces", "at 9.41\u202fAM\u00a0\u2003x", "at 9.41␣AM␣␣x"},
		{"zalgo", "z" + strings.Repeat("\u0301", 40) + "a", "z\u0301\u0301\u0301[◌×37]a"},
		{"a pile of another script", "ก" + strings.Repeat("\u0e49", 40), "ก" + strings.Repeat("\u0e49", 8) + "[◌×32]"},
		{"a mark without a letter", "\u0301a \u0302", "◌\u0301a ◌\u0302"},
	} {
		got := Text(test.in)
		if got != test.want {
			t.Errorf("%s: Text(%+q) = %+q, want %+q", test.name, test.in, got, test.want)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: %+q becomes %+q the second time", test.name, got, again)
		}
	}
}

func TestLongTextLosesItsMiddle(t *testing.T) {
	for _, middle := range []string{"長い", "x", "\x1b", "e\u0301", "👩\u200d", "a   "} {
		got := Text("begin" + strings.Repeat(middle, 5000) + "end.pdf")
		if !strings.HasPrefix(got, "begin") || !strings.HasSuffix(got, "end.pdf") || utf8.RuneCountInString(got) > MaxRunes {
			t.Errorf("%+q: %d characters: %s", middle, utf8.RuneCountInString(got), got)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a.txt", "\x1b[2J", "\u202e\xff", strings.Repeat("\n\r", 500), "👩\u200d👧", "1\ufe0f\u20e3",
		"می\u200cخ", "z\u0301\u0302\u0303\u0304\u0305", "葛\U000e0100", "a   b", "\u00a0\u3000 \u2003", strings.Repeat("ab\u0301", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxRunes {
			t.Errorf("Text(%q) = %q", s, got)
		}
		for _, r := range got {
			if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				t.Errorf("Text(%q) has %U", s, r)
			}
		}
		if again := Text(got); again != got {
			t.Errorf("Text(%q) = %q, then %q", s, got, again)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for b.Loop() {
		Text("Holiday 2026/IMG_0001 (edited).jpeg")
		Text("假期 2026/照片.jpeg")
	}
}
