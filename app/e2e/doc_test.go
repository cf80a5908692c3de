//go:build linux

// Package e2e tests Ferry as people meet it: real windows on a screen, a
// mouse that drags and clicks, and computers that find each other on a network
// of their own; and the same without a window, by ferry-cli.
//
// Each test starts what it needs (X server, window manager, network namespaces,
// programs) and has ended exactly that when it returns. What is where in a window is
// told by the window itself, over a socket that only builds with the tag
// uiprobe have; what happens to it goes through the X server alone.
//
// The benchmarks measure what a window costs: see cost_test.go.
//
// Pictures of the screen and the programs' logs are left in build/e2e.
// "packaging/deps.sh test" installs what is needed.
package e2e
