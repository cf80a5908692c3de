//go:build !race

package netcore_test

const dearness = 1
