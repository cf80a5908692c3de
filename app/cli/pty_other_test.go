//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

func cmdStartPTY(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("there are terminals for tests on Linux only")
}

func cmdType(ts *testscript.TestScript, neg bool, args []string) { cmdStartPTY(ts, neg, args) }
