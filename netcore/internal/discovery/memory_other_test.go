//go:build !linux

package discovery

func peakMemory() int64 { return 0 }
