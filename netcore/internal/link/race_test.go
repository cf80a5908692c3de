//go:build race

package link

// crowdAtOnce is fewer here: the race detector makes handshakes ten times as slow.
const crowdAtOnce = 12
