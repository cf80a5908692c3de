package inbox

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldPath returns the same for two paths that a filesystem could take for one: those
// that differ in case or normalisation only.
func foldPath(path string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(path)))
}
