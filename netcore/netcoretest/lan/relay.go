//go:build linux

package lan

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// relayEnv makes a program that uses this package be a relay and nothing else:
// the process that a [Path] needs has to live in the switch, where no goroutine
// of the test can go.
const relayEnv = "LAN_RELAY"

const (
	queueFrames = 1 << 14 // how many frames may be under way in one direction
	maxFrame    = vnetHeader + 1<<16 + 64
)

func init() {
	spec := os.Getenv(relayEnv)
	if spec == "" {
		return
	}
	if err := relayMain(spec); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// relayMain relays until its standard input ends.
func relayMain(spec string) error {
	var (
		names [2]string
		delay string
		taps  [2]int
		p     Path
	)
	if _, err := fmt.Sscan(spec, &names[0], &names[1], &delay, &p.Loss); err != nil {
		return err
	}
	var err error
	if p.Delay, err = time.ParseDuration(delay); err != nil {
		return err
	}
	for i, name := range names {
		if taps[i], err = openTap(name); err != nil {
			return fmt.Errorf("/dev/net/tun: %s: %w", name, err)
		}
	}
	debug.SetGCPercent(800) // little is alive at any time, and much passes through
	failed := make(chan error, 4)
	for i := range taps {
		w := &way{from: taps[i], to: taps[1-i], path: p, queue: make(chan parcel, queueFrames)}
		w.random = rand.New(rand.NewPCG(1, uint64(i))) // the same losses every time
		go func() { failed <- w.read() }()
		go func() { failed <- w.write() }()
	}
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		failed <- err
	}()
	fmt.Println("ready")
	return <-failed
}

// openTap makes a tap device. Its frames are as large as TCP makes them, with
// a header that says how to cut them for a real network, so that one system
// call carries up to 44 packets.
func openTap(name string) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		return 0, err
	}
	return fd, unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, unix.TUN_F_CSUM|unix.TUN_F_TSO4|unix.TUN_F_TSO6)
}

// A parcel is a frame and the moment at which it is to come out.
type parcel struct {
	due   time.Duration // on the clock of [now]
	frame []byte
}

// A way is one direction of a path.
type way struct {
	from, to int
	path     Path
	random   *rand.Rand
	queue    chan parcel
}

// read takes in frames, for ever.
func (w *way) read() error {
	runtime.LockOSThread() // it blocks in the kernel all the time
	buf := make([]byte, maxFrame)
	for {
		n, err := unix.Read(w.from, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		due := now() + w.path.Delay
		for _, frame := range survivors(buf[:n], w.lost) {
			select {
			case w.queue <- parcel{due, frame}:
			default: // as where a router's memory is full
			}
		}
	}
}

func (w *way) lost() bool { return w.random.Float64() < w.path.Loss }

// write lets frames out when they are due, for ever.
func (w *way) write() error {
	runtime.LockOSThread()
	// A timer of the kernel's is 50 µs late unless asked not to be; one of the
	// runtime's may be a millisecond.
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		return err
	}
	for p := range w.queue {
		if err := sleepUntil(p.due); err != nil {
			return err
		}
		// EIO is a port that is switched off. No frame is worth ending the path.
		if _, err := unix.Write(w.to, p.frame); errors.Is(err, unix.EBADF) {
			return err
		}
	}
	return nil
}

var began = time.Now()

func now() time.Duration { return time.Since(began) }

func sleepUntil(due time.Duration) error {
	for {
		left := due - now()
		if left <= 0 {
			return nil
		}
		spec := unix.NsecToTimespec(int64(left))
		if err := unix.Nanosleep(&spec, nil); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
