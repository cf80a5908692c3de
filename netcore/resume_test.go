package netcore

import (
	"errors"
	"testing"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
)

// TestLastWordEndsTheSender: whatever ended a transfer here, a sender that comes
// back to it is told so in a way that makes it stop.
func TestLastWordEndsTheSender(t *testing.T) {
	remote := func(code fault.Code) error { return &Error{Err: &conn.RemoteError{Code: code}} }
	tests := []struct{ end, want error }{
		{&Error{Err: ErrLost}, ErrCancelled}, // given up while it waited
		{remote("shutdown"), ErrCancelled},
		{remote("cancelled"), ErrCancelled},
		{&Error{Err: ErrDeclined}, ErrDeclined},
		{&Error{Err: ErrNoSpace}, ErrCancelled},
	}
	for _, tt := range tests {
		got := lastWord(tt.end)
		var silent *conn.RemoteError // what came from the peer is not told back to it
		if got != tt.want || errors.As(got, &silent) {
			t.Errorf("after %v: %v, want %v", tt.end, got, tt.want)
		}
	}
}
