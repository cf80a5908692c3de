// Package ferry is what every program of Ferry says about itself: its ID, its
// name and its version, from the one place that packaging tools read too.
package ferry

import (
	_ "embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

//go:embed FyneApp.toml
var fyneApp string

// Metadata identifies the program to the desktop and to people.
type Metadata struct {
	ID      string // unique among applications; never changes
	Name    string // how people call it
	Version string // semantic version
	Build   int    // counts releases, for stores that want a number
}

// LoadMetadata reads the embedded FyneApp.toml. It fails only for a build
// whose FyneApp.toml is broken, which a test rules out.
func LoadMetadata() (Metadata, error) {
	var file struct{ Details Metadata }
	if _, err := toml.Decode(fyneApp, &file); err != nil {
		return Metadata{}, fmt.Errorf("FyneApp.toml: %w", err)
	}
	return file.Details, nil
}
