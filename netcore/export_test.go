package netcore

import "time"

// CompareWithin lets comparisons of codes end after d.
func CompareWithin(c *Config, d time.Duration) { c.compareTime = d }

// SetClock replaces the clock by which things get old.
func (c *Config) SetClock(now func() time.Time) { c.now = now }

// ClearOut does what a node does from time to time.
func (n *Node) ClearOut() {
	<-n.revived
	n.clearOut()
	n.expire()
}
