package netcore_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// BenchmarkTransfer moves trees between two nodes of this process over loopback,
// in TMPDIR: with TLS, checksums and receipt.
func BenchmarkTransfer(b *testing.B) {
	cases := []struct {
		name  string
		files int
		size  int64
	}{
		{"1x512MiB", 1, 512 << 20},
		{"10000x4KiB", 10_000, 4 << 10},
	}
	for _, bc := range cases {
		b.Run(bc.name, func(b *testing.B) {
			src := filepath.Join(b.TempDir(), "tree")
			for i := range bc.files {
				netcoretest.RandomFile(b, filepath.Join(src, fmt.Sprint(i/100), fmt.Sprint(i)), bc.size, uint64(i))
			}
			anna, bob := netcoretest.Start(b, "Anna"), netcoretest.Start(b, "Bob")
			to := anna.Meet(b, bob)
			b.SetBytes(int64(bc.files) * bc.size)
			for b.Loop() {
				dir := b.TempDir()
				bob.Recorder.Answer = netcoretest.Into(dir)
				id := anna.MustSend(b, to, src)
				if got := anna.WaitFinal(b, id); got.State != netcore.Done {
					b.Fatalf("%v %v", got.State, got.Err)
				}
				bob.WaitFinal(b, id)
			}
		})
	}
}
