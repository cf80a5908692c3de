package ui

import (
	"testing"
	"time"

	"ferry/netcore"
)

// BenchmarkTwoHundredRows is one drawing of a window in which 200 transfers have moved. There are ten of them a
// second, without what the graphics card does.
func BenchmarkTwoHundredRows(b *testing.B) {
	h := newHarness(b)
	events := make([]netcore.TransferChanged, 200)
	for i := range events {
		t := out(netcore.Running, "a file with a name of usual length.pdf")
		t.ID, t.Bytes, t.Files, t.Left = transferID(i+1), 1e12, 1, time.Minute
		events[i] = netcore.TransferChanged{Transfer: t}
		h.Event(events[i])
	}
	h.draw()
	for b.Loop() {
		for i := range events {
			t := &events[i].Transfer
			t.DoneBytes += 7_654_321
			t.Rate = 50e6 + float64(t.DoneBytes%9_000_000)
			h.Event(events[i])
		}
		h.now += beatEvery
		h.draw()
	}
	if n := len(h.main.transfers.list.rows); n > 20 {
		b.Fatalf("%d rows", n)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)*10/1000*100, "%core@10Hz")
}
