package conn

import (
	"net"
	"testing"

	"golang.org/x/time/rate"
)

// TestTurnIsGivenBack closes connections that wait for the pace: others do not wait for them.
func TestTurnIsGivenBack(t *testing.T) {
	const burst = 100
	pace := rate.NewLimiter(1, burst)
	for range 10 {
		a, b := net.Pipe()
		s := newSocket(a)
		s.pace.Store(pace)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s.keepPace(burst)
		b.Close()
	}
	if left := pace.Tokens(); left < -burst {
		t.Errorf("%.0f tokens are left", left)
	}
}
