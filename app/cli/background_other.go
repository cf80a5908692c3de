//go:build !unix

package main

// readInBackground has nothing to do: only Unix stops who reads in the background.
func readInBackground() {}
