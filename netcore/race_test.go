//go:build race

package netcore_test

// dearness is how many times the memory a program takes under the race detector.
const dearness = 8
