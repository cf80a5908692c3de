//go:build linux

package main

import "testing"

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 3, 100}, 3.5},
	} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

func TestMedianLeavesTheOrder(t *testing.T) {
	values := []float64{3, 1, 2}
	median(values)
	if values[0] != 3 || values[1] != 1 {
		t.Errorf("the rounds are now %v", values)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64
		want ratio
	}{
		{"nothing", nil, nil, ratio{}},
		{"not measured", []float64{1, 2}, []float64{0, 0}, ratio{}},
		{"a busy round", []float64{1, 1, 10}, []float64{2, 2, 20}, ratio{0.5, 0.5}},
		{"one was disturbed", []float64{1, 9, 9}, []float64{1, 1, 3}, ratio{9, 3}},
	} {
		if got := compare(c.a, c.b); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
