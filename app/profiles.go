//go:build uiprobe

package main

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof" // serves its profiles by http.DefaultServeMux
	"os"
	"sync"
)

// serveProfiles serves what package net/http/pprof tells about this program on the unix socket that the environment
// variable FERRY_PROFILES names, until stop is called. Only builds with the tag uiprobe have it.
func serveProfiles(log *slog.Logger) (stop func()) {
	path := os.Getenv("FERRY_PROFILES")
	if path == "" {
		return func() {}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Error("profiles", "error", err)
		return func() {}
	}
	var server http.Server
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("profiles", "error", err)
		}
	})
	return func() {
		if err := server.Close(); err != nil {
			log.Error("profiles", "error", err)
		}
		serving.Wait()
	}
}
