//go:build linux

package e2e

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore/netcoretest/lan"
)

// noticed is how long either end may take to say that the other is silent.
const noticed = 12 * time.Second

// TestEngineCableLoose: a plug that sits loosely and a card that is switched off and
// on are of no consequence.
func TestEngineCableLoose(t *testing.T) {
	e := newErrand(t, 40*megabyte, 80)
	for i, set := range []func(bool){e.bob.host.SetCable, e.anna.host.SetCable, e.bob.host.SetLink} {
		e.bob.await("progress", moved(int64(i+1)*8*megabyte))
		set(false)
		set(true)
	}
	e.finish(3)
}

// TestEngineSilence: when nothing comes any more from the other end, and
// nothing says why, both ends say so soon, and go on once something comes.
func TestEngineSilence(t *testing.T) {
	e := newErrand(t, 30*megabyte, 80)
	e.bob.await("progress", moved(8*megabyte))
	for _, p := range []*party{e.anna, e.bob} {
		p.host.SetIsolated(true)
	}
	since := time.Now()
	for _, p := range []*party{e.anna, e.bob} {
		if took := p.await("to wait for the other", paused).Time.Sub(since); took > noticed {
			t.Errorf("%s noticed the silence after %v, want at most %v", p.name, took, noticed)
		}
	}
	for _, p := range []*party{e.anna, e.bob} {
		p.host.SetIsolated(false)
	}
	e.finish(1)
}

// TestEngineNewAddress: Bob's computer gets another address half way.
func TestEngineNewAddress(t *testing.T) {
	e := prepare(t, 30*megabyte)
	e.to = "Bob"
	e.anna.host.SetRate(80)
	e.begin()
	e.bob.await("progress", moved(8*megabyte))
	e.bob.host.SetAddr(netip.MustParsePrefix("10.77.0.99/24"))
	e.finish(1)
}

// TestEngineLossyPath: one packet in a hundred gets lost on a long way.
func TestEngineLossyPath(t *testing.T) {
	e := prepare(t, 2*megabyte)
	e.bob.host.SetPath(lan.Path{Delay: 40 * time.Millisecond, Loss: 0.01})
	e.begin()
	e.finish(0)
}

// TestEngineKilled: one of the two programs is killed again and again, at any moment,
// and started with the same command.
func TestEngineKilled(t *testing.T) {
	const (
		kills = 20
		size  = 300 * megabyte
	)
	e := newErrand(t, size, 400)
	random := rand.New(rand.NewPCG(1, 2))
	ends := []*party{e.anna, e.bob}
	restart := []func(){e.startAnna, e.startBob}
	for i := range kills {
		// Somewhere in each twentieth part, the last ones among small files.
		e.bob.await(fmt.Sprint("progress after kill ", i), moved((int64(i)*100+random.Int64N(90))*size/(kills*105)))
		ends[i%2].murder()
		restart[i%2]()
	}
	e.finish(kills)
}

// TestEngineKilledAmongTinyFiles: the same while nothing is under way but tiny files, which the receiver gives names to many at a time: those that
// have none are gone with it. The end of the sender costs nothing.
func TestEngineKilledAmongTinyFiles(t *testing.T) {
	const (
		kills = 6
		files = 3000
	)
	e := prepareWith(t, func(dir string) string { return writeTiny(t, dir, files) })
	size := sizeOf(t, e.goods)
	e.anna.host.SetRate(25) // five seconds in all
	e.begin()
	random := rand.New(rand.NewPCG(3, 4))
	ends := []*party{e.bob, e.anna}
	restart := []func(){e.startBob, e.startAnna}
	for i := range kills {
		// The last one long before the end: who has got everything does not wait for who does not know.
		e.bob.await(fmt.Sprint("progress after kill ", i), moved((int64(i)*100+random.Int64N(90))*size/(kills*130)))
		ends[i%2].murder()
		restart[i%2]()
	}
	e.finish(kills / 2)
}

// TestEngineBothKilled: the power fails, and Anna's computer is the first that is back.
func TestEngineBothKilled(t *testing.T) {
	e := newErrand(t, 20*megabyte, 80)
	e.bob.await("progress", moved(8*megabyte))
	e.bob.murder()
	e.anna.murder()
	e.startAnna()
	e.anna.await("what was begun", paused)
	e.startBob()
	e.finish(2)
}

// TestEngineDiskFull: Bob's disk fills up. Both ends say so, wait, and go on when there
// is room.
func TestEngineDiskFull(t *testing.T) {
	e := prepare(t, 40*megabyte)
	e.stays = true
	e.anna.host.SetRate(80)
	// Bob's inbox is a disk of his own, which nobody else sees.
	e.bob.wrap = []string{"unshare", "--mount", "sh", "-c", `mount -t tmpfs -o size=64m disk "$0" && exec "$@"`, e.inbox}
	e.begin()
	e.inbox = fmt.Sprintf("/proc/%d/root%s", e.bob.cmd.Process.Pid, e.inbox)
	e.bob.await("progress", moved(8*megabyte))
	filler := filepath.Join(e.inbox, "filler")
	fill(t, filler)
	full := e.bob.await("the disk to be full", pausedBy("no-space"))
	told := e.anna.await("Bob's disk to be full", pausedBy("no-space"))
	if late := told.Time.Sub(full.Time); late > time.Second || late < -time.Second {
		t.Errorf("Anna knew %v after Bob", late)
	}
	if !told.Fault.Remote {
		t.Error("Anna says that her own disk is full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	e.finish(1)
}

// TestEngineSourceShrinks: a file loses its end while it is being sent. Both ends list
// it, and all else arrives.
func TestEngineSourceShrinks(t *testing.T) {
	e := newErrand(t, 30*megabyte, 80)
	film := filepath.Join(e.goods, "film.mkv")
	e.bob.await("progress", moved(12*megabyte))
	if err := os.Truncate(film, 8*megabyte); err != nil {
		t.Fatal(err)
	}
	e.finishWithout("film.mkv", "changed")
}

// fill writes a file for which there is not room enough.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, rand.NewChaCha8([32]byte{})); err == nil {
		t.Fatal("there was room for everything")
	}
}
