//go:build linux

package main

import "slices"

// median returns the middle of values, or the mean of the two in the middle; 0
// of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// A ratio compares two series of runs that took turns.
type ratio struct {
	ofMedians float64
	ofRounds  float64 // the median of the ratios of each round
}

// compare divides a by b. Both are 0 where there is nothing to compare.
func compare(a, b []float64) ratio {
	var rounds []float64
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			rounds = append(rounds, a[i]/b[i])
		}
	}
	r := ratio{ofRounds: median(rounds)}
	if m := median(b); m > 0 {
		r.ofMedians = median(a) / m
	}
	return r
}
