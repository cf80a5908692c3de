package transfer

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// rootName is how the entry for a picked path is called: its own name, also
// when that is the name of a link.
func rootName(picked, abs string) string {
	name := filepath.Base(filepath.Clean(picked))
	if name == "." || name == ".." {
		name = filepath.Base(abs)
	}
	if strings.ContainsAny(name, `/\`) && filepath.Separator == '\\' || name == "/" {
		name = "disk" // the root of a volume has no name
	}
	return readable(name)
}

// freeName keeps two picked entries of one name in dir apart; dir ends in a
// slash, or is empty.
func (s *Source) freeName(dir, name string, folder bool) string {
	stem, ext := name, ""
	if !folder {
		stem, ext = splitExt(name)
	}
	free := name
	for n := 1; ; n++ {
		if _, taken := s.places[dir+free]; !taken {
			return dir + free
		}
		free = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
}

// splitExt cuts a file's name before its extension. The dot of a hidden file begins none.
func splitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	if ext == "." || ext == name {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// childName returns what the entry for a name in the local folder is called.
// No two are called the same: if what readable makes of a name is there as
// well, it gets a mark that readable never makes.
func childName(folder, name string) string {
	entry := readable(name)
	if entry == name {
		return name
	}
	for {
		if _, err := os.Lstat(filepath.Join(folder, entry)); err != nil {
			return entry // there is none, or none can be
		}
		entry = "%~" + entry
	}
}

// readable makes a name that can travel out of a local one that is no UTF-8: the
// text that it is in GB18030, or else its bytes. Two names that need this never
// become the same: only those of the second kind have a % in them.
func readable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	if text, ok := chinese(name); ok {
		return text
	}
	return escaped(name)
}

// chinese reads a name as GB18030, of which GBK and GB 2312 are parts. It reports
// whether it is that: text in which all can be seen, and which is written with
// the same bytes again. Only Unix systems have names in it.
func chinese(name string) (text string, ok bool) {
	if runtime.GOOS == "windows" || strings.Contains(name, "%") {
		return "", false
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().String(name)
	if err != nil || strings.ContainsFunc(text, hidden) {
		return "", false
	}
	again, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	return text, err == nil && again == name
}

// hidden reports a character that is no part of a name that a person has given.
func hidden(r rune) bool { return !unicode.IsGraphic(r) || r == utf8.RuneError || r == '/' }

// escaped shows the bytes that are no UTF-8 as %XX, and so each % then.
func escaped(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == '%' || r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "%%%02X", name[i])
		} else {
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}
