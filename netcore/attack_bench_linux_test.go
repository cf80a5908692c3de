package netcore_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

const attackerTask = "FERRY_TEST_ATTACKER"

// TestAttackerProcess is no test: it is what startAttacker starts. It attacks until its input ends, with as little of the CPU as
// the others leave: on a network it would have one of its own.
func TestAttackerProcess(t *testing.T) {
	task := strings.Split(os.Getenv(attackerTask), "|")
	if len(task) != 3 {
		return
	}
	if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19); err != nil {
		t.Fatal(err)
	}
	id, err := netcore.ParsePeerID(task[1])
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(floods, func(f flood) bool { return f.name == task[2] })
	g, err := newTarget(task[0], id, byte(i+1))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() { defer stop(); _, _ = io.Copy(io.Discard, os.Stdin) }()
	count := math.MaxInt
	if floods[i].name == "idle" {
		count = floods[i].count // they do not come back
	}
	var alive atomic.Int64
	go func() {
		floods[i].run(ctx, g, min(count, floods[i].count), &alive)
		fmt.Println("all have begun")
		floods[i].run(ctx, g, count-min(count, floods[i].count), &alive)
	}()
	<-ctx.Done()
	netcoretest.Eventually(t, "the end", func() bool { return alive.Load() == 0 })
}

// startAttacker returns when one round of a flood has come. stop ends it.
func startAttacker(b *testing.B, bob *victimProcess, id netcore.PeerID, name string) (stop func()) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAttackerProcess$")
	cmd.Env = append(os.Environ(), attackerTask+"="+bob.addr+"|"+id.String()+"|"+name)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 64)); err != nil {
		b.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	}
}

// BenchmarkFriendUnderAttack sends a friend's file while strangers flood the receiver, and while they do
// not, by turns. What it reports are medians; kept is the part of the speed that is left.
func BenchmarkFriendUnderAttack(b *testing.B) {
	const size = 256 << 20
	for _, f := range floods {
		b.Run(f.name, func(b *testing.B) {
			bob, anna := startVictim(b), netcoretest.Start(b, "Anna")
			peer, err := anna.Connect(b.Context(), bob.addr)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			send := func() float64 {
				n++
				path := filepath.Join(b.TempDir(), fmt.Sprint(n, ".bin"))
				netcoretest.RandomFile(b, path, size, uint64(n))
				began := time.Now()
				if got := anna.WaitFinal(b, anna.MustSend(b, peer.ID, path)); got.State != netcore.Done {
					b.Fatal(got.State, got.Err)
				}
				took := time.Since(began).Seconds()
				if err := os.Remove(path); err != nil {
					b.Fatal(err)
				}
				if err := os.Remove(filepath.Join(bob.inbox, filepath.Base(path))); err != nil {
					b.Fatal(err)
				}
				return size / 1e6 / took
			}
			send() // now they are friends
			var quiet, loud, kept []float64
			for b.Loop() {
				q := send()
				stop := startAttacker(b, bob, peer.ID, f.name)
				send() // what a burst may take is taken
				l := send()
				stop()
				quiet, loud, kept = append(quiet, q), append(loud, l), append(kept, l/q)
			}
			b.ReportMetric(median(quiet), "quiet-MB/s")
			b.ReportMetric(median(loud), "flooded-MB/s")
			b.ReportMetric(median(kept), "kept")
			b.ReportMetric(float64(bob.end(b).Memory)/1e6, "MB-of-memory")
		})
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
