//go:build !linux && !darwin && !windows

package inbox

// systemMarks is none: nothing here would look at one.
var systemMarks = marks{}
