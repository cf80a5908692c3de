package main

import (
	"fmt"
	"strings"
	"time"

	"ferry/netcore"
)

const (
	gap       = "  "
	leastName = 8 // columns of the name that are worth a field less
)

// progressLine is the one line that tells how far the transfers are that are
// on their way, in at most width columns: name, percent, bytes, speed, time
// left; of a paused transfer what it waits for. Where that is too much, the
// name is shortened, and then fields are left out from the end. It is empty if
// there is nothing to tell.
func progressLine(active []netcore.Transfer, width int) string {
	running := inState(active, netcore.Running)
	switch {
	case len(running) == 1:
		return fit(label(running[0]), fields(running[0]), width)
	case len(running) > 1:
		return fit(fmt.Sprintf("%d transfers", len(running)), fields(sum(running)), width)
	}
	if paused := inState(active, netcore.Paused); len(paused) > 0 {
		t := paused[0]
		return fit(label(t), append([]string{awaitedText(t)}, fields(t)...), width)
	}
	for _, t := range active {
		if text := waitingText(t); text != "" {
			return shorten(text, width)
		}
	}
	return ""
}

func inState(transfers []netcore.Transfer, state netcore.State) []netcore.Transfer {
	var in []netcore.Transfer
	for _, t := range transfers {
		if t.State == state {
			in = append(in, t)
		}
	}
	return in
}

func waitingText(t netcore.Transfer) string {
	switch {
	case t.Direction != netcore.Outgoing: // the question stands for it
		return ""
	case t.State == netcore.Queued:
		return "Preparing " + label(t) + "…"
	}
	return "Waiting for " + visible(t.Peer.Name) + " to accept " + label(t) + "…"
}

// label names what a transfer moves.
func label(t netcore.Transfer) string {
	switch len(t.Names) {
	case 0:
		return "nothing"
	case 1:
		return visible(t.Names[0])
	}
	return fmt.Sprintf("%s and %d more", visible(t.Names[0]), len(t.Names)-1)
}

// fields are the figures of an accepted transfer, the most important first.
func fields(t netcore.Transfer) []string {
	f := []string{
		fmt.Sprintf("%3d %%", percent(t)),
		bytesText(t.DoneBytes) + " of " + bytesText(t.Bytes),
	}
	if t.Rate > 0 {
		f = append(f, rateText(t.Rate))
	}
	if left := leftText(t.Left); left != "" {
		f = append(f, left)
	}
	return f
}

// percent says 100 only when everything is there.
func percent(t netcore.Transfer) int {
	done, all := t.DoneBytes, t.Bytes
	if all <= 0 {
		done, all = int64(t.DoneFiles), int64(t.Files)
	}
	if all <= 0 || done <= 0 {
		return 0
	}
	return int(min(100, float64(done)*100/float64(all)))
}

// sum adds up transfers that run side by side.
func sum(transfers []netcore.Transfer) netcore.Transfer {
	var all netcore.Transfer
	for _, t := range transfers {
		all.Files += t.Files
		all.DoneFiles += t.DoneFiles
		all.Bytes += t.Bytes
		all.DoneBytes += t.DoneBytes
		all.Rate += t.Rate
	}
	all.Left = -1
	if all.Rate > 0 {
		all.Left = time.Duration(float64(all.Bytes-all.DoneBytes) / all.Rate * float64(time.Second))
	}
	return all
}

func fit(name string, fields []string, width int) string {
	for n := len(fields); n > 0; n-- {
		figures := gap + strings.Join(fields[:n], gap)
		room := width - columns(figures)
		if room >= min(leastName, columns(name)) {
			return shorten(name, room) + figures
		}
	}
	return shorten(fields[0], width)
}
