//go:build linux

package main

import "fmt"

// A figure is one of the things that are measured.
type figure int

const (
	spent   figure = iota // seconds
	synced                // seconds, with the time that "sync -f" takes
	goodput               // bytes a second
	cpu                   // seconds for each GiB, both ends
	memory                // MiB, the larger end
	offered               // seconds
	figureCount
)

var figureNames = [figureCount]string{"time", "synced", "goodput", "CPU/GiB", "memory", "offer"}

func (f figure) String() string { return figureNames[f] }

// format returns a value in the figure's unit; "-" for what was not measured.
func (f figure) format(value float64) string {
	if value == 0 {
		return "-"
	}
	switch f {
	case goodput:
		return fmt.Sprintf("%.1f Mbit/s", value*8/1e6)
	case memory:
		return fmt.Sprintf("%.0f MiB", value)
	}
	return fmt.Sprintf("%.3f s", value)
}

// A sample is what one run of one program came to. 0 is what was not measured.
type sample [figureCount]float64

// A series is the samples of one program, a round each.
type series struct {
	peer    string
	samples []sample
}

// of returns one figure of all rounds.
func (s series) of(f figure) []float64 {
	values := make([]float64, len(s.samples))
	for i, sample := range s.samples {
		values[i] = sample[f]
	}
	return values
}
