package netcore

import "time"

// CompareWithin lets comparisons of codes end after d.
func CompareWithin(c *Config, d time.Duration) { c.compareTime = d }
