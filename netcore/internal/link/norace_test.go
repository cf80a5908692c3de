//go:build !race

package link

const crowdAtOnce = 30
