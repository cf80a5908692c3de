package wire

import (
	"fmt"
	"net/netip"
	"time"

	"ferry/netcore/internal/fault"
)

// How often a side of a connection gives a sign of life, in seconds on the wire.
const (
	Interval    = 3 * time.Second // if nobody asks for another
	MaxInterval = 30 * time.Second
)

// MaxAddrs is how many addresses a node says it has, and how many results a
// Checked has.
const MaxAddrs = 16

// ClampInterval returns the interval next to d that a Ping can ask for.
func ClampInterval(d time.Duration) time.Duration {
	return min(max(d.Round(time.Second), Interval), MaxInterval)
}

// AppendPing appends the body of a Ping that asks for an interval and remembers when
// it was sent, on whatever clock its sender has.
func AppendPing(b []byte, interval, at time.Duration) []byte {
	seconds := byte(0)
	if interval = ClampInterval(interval); interval > Interval {
		seconds = byte(interval / time.Second)
	}
	us := uint64(at.Microseconds())
	return append(b, seconds, byte(us>>48), byte(us>>40), byte(us>>32), byte(us>>24), byte(us>>16), byte(us>>8), byte(us))
}

// ReadPing reads the body of a Ping, or of the Pong to one's own.
func ReadPing(b []byte) (interval, at time.Duration) {
	us := uint64(0)
	for _, x := range b[1:pingSize] {
		us = us<<8 | uint64(x)
	}
	// 56 bits of microseconds are more than a Duration holds.
	return ClampInterval(time.Duration(b[0]) * time.Second), time.Duration(min(us, 1<<50)) * time.Microsecond
}

// Addrs says where its sender can be dialled, by its own account.
type Addrs struct {
	Addrs []netip.AddrPort `json:"addrs"`
}

// Name says what people call its sender from now on.
type Name struct {
	Name string `json:"name"`
}

// Checked answers a Check.
type Checked struct {
	// Busy says that nothing was tried: it was asked too often.
	Busy    bool     `json:"busy,omitempty"`
	Results []Result `json:"results"`
}

// A Result is how an attempt to reach an address went.
type Result struct {
	Addr netip.AddrPort `json:"addr"`
	// Code says why it failed; empty: it did not.
	Code fault.Code `json:"code,omitempty"`
	// Micros is the round trip in microseconds.
	Micros int64 `json:"us,omitempty"`
}

func (a *Addrs) check() error {
	if len(a.Addrs) > MaxAddrs {
		return fmt.Errorf("%w: %d addresses", fault.Protocol, len(a.Addrs))
	}
	return nil
}

func (n *Name) check() error {
	n.Name = CleanName(n.Name)
	return nil
}

func (c *Checked) check() error {
	if len(c.Results) > MaxAddrs {
		return fmt.Errorf("%w: %d results", fault.Protocol, len(c.Results))
	}
	for _, r := range c.Results {
		if r.Micros < 0 || len(r.Code) > 32 {
			return fmt.Errorf("%w: a result of %d µs, %.40q", fault.Protocol, r.Micros, r.Code)
		}
	}
	return nil
}
