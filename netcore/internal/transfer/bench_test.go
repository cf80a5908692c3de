package transfer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

// BenchmarkList measures what a long list costs until the content begins: to list empty
// files, to send the list, and to look for each of them in an empty inbox. peak-B is the
// largest heap of both ends together. FERRY_BENCH_FILES says how many files, 100,000 if unset.
func BenchmarkList(b *testing.B) {
	n := 100_000
	if s := os.Getenv("FERRY_BENCH_FILES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	top := filepath.Join(b.TempDir(), "top")
	for i := range n {
		if i%1000 == 0 {
			mkdir(b, filepath.Join(top, fmt.Sprint(i/1000)))
		}
		if err := os.WriteFile(filepath.Join(top, fmt.Sprint(i/1000), fmt.Sprint(i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	e := newEnds(b)
	box := openBox(b, b.TempDir())
	for b.Loop() {
		runtime.GC()
		peak := peakHeap()
		start := time.Now()
		src, err := Scan(context.Background(), []string{top}, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "scan-s")
		ctx, cancel := context.WithCancelCause(context.Background())
		looked := start
		a := &attempt{id: NewID(), src: src, box: box, free: func() int64 {
			looked = time.Now()
			cancel(fault.Cancelled)
			return -1
		}}
		o := e.make(ctx, a)
		b.ReportMetric(looked.Sub(start).Seconds(), "agreed-s")
		b.ReportMetric(float64(peak()), "peak-B")
		if fault.CodeOf(o.gotErr) != "cancelled" {
			b.Fatal(o.gotErr, o.sentErr)
		}
		if err := src.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkContent delivers files over loopback: one that is large, and many small ones.
func BenchmarkContent(b *testing.B) {
	for _, bc := range []struct{ files, size int }{{1, 512 << 20}, {10_000, 4 << 10}} {
		b.Run(fmt.Sprintf("%dx%d", bc.files, bc.size), func(b *testing.B) {
			top := filepath.Join(b.TempDir(), "top")
			for i := range bc.files {
				randomFile(b, filepath.Join(top, fmt.Sprint(i/1000), fmt.Sprint(i)), bc.size, uint64(i))
			}
			e, src := newEnds(b), scan(b, top)
			b.SetBytes(int64(bc.files) * int64(bc.size))
			for b.Loop() {
				here := b.TempDir()
				e.mustMake(b, &attempt{id: NewID(), src: src, box: openBox(b, here)})
				if err := os.RemoveAll(filepath.Join(here, "top")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// peakHeap watches the heap until the function that it returns is called.
func peakHeap() func() uint64 {
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		most := uint64(0)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-tick.C:
			case <-stop:
				result <- most
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-result
	}
}
