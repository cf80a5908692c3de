package discovery

import "syscall"

// peakMemory is the most that this process had resident so far, in bytes; 0 if the system does not tell.
func peakMemory() int64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return int64(r.Maxrss) << 10
}
