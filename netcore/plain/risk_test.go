package plain

import (
	"strings"
	"testing"
)

func TestRisk(t *testing.T) {
	for _, test := range []struct {
		name string
		exec bool
		want Danger
	}{
		{"", false, None},
		{"report.pdf", false, None},
		{"report.pdf", true, None}, // as on a disk that knows no modes
		{"README", false, None},
		{"archive.tar.gz", true, None},
		{"Report 1.2.docx", false, None},
		{"a.exe/notes.txt", false, None},
		{".profile", false, None},
		{"at 9.41\u202fAM.png", false, None},
		{"می\u200cخواهم.pdf", false, None},
		{"a    b.pdf", false, None},
		{"budget.xls", false, None},

		{"setup.exe", false, Program},
		{"SETUP.EXE", false, Program},
		{`sub\dir/setup.exe`, false, Program},
		{"setup.exe. . ", false, Program}, // Windows drops the end
		{"My Game 1.2.msi", false, Program},
		{"tool", true, Program},
		{"tool-1.4", true, Program},
		{"lib.so.1", true, Program},
		{"Ferry.AppImage", false, Program},
		{"saver.scr", false, Program},
		{"dos.com", false, Program},
		{"game.jar", false, Program},
		{"Sanduhr ⏳\ufe0f.exe", false, Program},
		{"日本語　テスト.exe", false, Program},

		{"run.bat", false, Script},
		{"run.py", true, Script},
		{"x.desktop", false, Script},
		{"prize.lnk", false, Script},
		{"keys.reg", false, Script},
		{"page.hta", false, Script},
		{"jquery.min.js", false, Script},

		{"budget.xlsm", false, Macros},
		{"letter.DOCM", false, Macros},

		{"invoice.pdf.exe", false, Disguised},
		{"invoice.PDF.Exe", false, Disguised},
		{"photo.jpg   .scr", false, Disguised},
		{"photo.jpg\u3164.scr", false, Disguised},
		{"photo" + strings.Repeat(" ", 40) + ".exe", false, Disguised},
		{"photo\u00a0.exe", false, Disguised},
		{"letter.docx.js", false, Disguised},
		{"letter.docx.docm", false, Disguised},
		{"invoice\u202efdp.exe", false, Disguised},
		{"annexe\u202efdp.txt", false, Disguised}, // reads annextxt.pdf
		{"set\u200bup.exe", false, Disguised},
		{"setup.e\u200bxe", false, Disguised},
		{"cat.jpg.command", true, Disguised},
	} {
		if got := Risk(test.name, test.exec); got != test.want {
			t.Errorf("Risk(%+q, %v) = %v, want %v", test.name, test.exec, got, test.want)
		}
	}
}

func TestFolderRisk(t *testing.T) {
	for name, want := range map[string]Danger{
		"Photos": None, "socket.io.js": None, "v1.exe": None, "Game.app": Program, "Applications/Game.APP/": Program, "holiday.jpg.app": Disguised,
	} {
		if got := FolderRisk(name); got != want {
			t.Errorf("FolderRisk(%q) = %v, want %v", name, got, want)
		}
	}
}

// Every extension has one meaning.
func TestEndingsAreListedOnce(t *testing.T) {
	listed := make(map[string]int)
	for _, list := range endingLists {
		for ext := range strings.FieldsSeq(list) {
			if listed[ext]++; listed[ext] > 1 || ext != strings.ToLower(ext) {
				t.Errorf("%q is listed %d times", ext, listed[ext])
			}
		}
	}
}

func FuzzRisk(f *testing.F) {
	f.Add("invoice.pdf.exe", true)
	f.Add("a\u202e\xff..", false)
	f.Fuzz(func(t *testing.T, name string, exec bool) {
		got := Risk(name, exec)
		if got > Disguised || FolderRisk(name) > Disguised {
			t.Errorf("%q is a danger of no kind", name)
		}
		if upper := Risk(strings.ToUpper(name), exec); isASCII(name) && upper != got {
			t.Errorf("%q is %v, in capitals %v", name, got, upper)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0
}
