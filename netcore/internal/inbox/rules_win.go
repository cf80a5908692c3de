package inbox

import (
	"strings"
	"unicode/utf16"
)

// windowsNames are the rules of Windows and its filesystems (FAT, exFAT, NTFS,
// SMB), which other systems mount too. They are the documented ones of
// "Naming Files, Paths, and Namespaces".
var windowsNames = nameRules{
	max:    255, // UTF-16 code units
	width:  utf16.RuneLen,
	mend:   mendWindows,
	drives: true,
}

func mendWindows(part string) string {
	name := strings.Map(func(c rune) rune {
		if c < 0x20 || strings.ContainsRune(`<>:"/\|?*`, c) {
			return '_' // ":" would open an alternate stream, "\" is a separator
		}
		return c
	}, part)
	if kept := strings.TrimRight(name, ". "); kept != name {
		name = kept + "_" // Windows drops them: "x." would be "x"
	}
	if isDevice(name) {
		name = "_" + name
	}
	return name
}

// isDevice reports whether Windows takes name for a device, which it does in
// any folder and with any extension: "con", "NUL.txt", "COM1 .log".
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	switch port {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return ok
	}
	return false
}
