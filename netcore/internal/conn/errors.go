package conn

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// A RemoteError is what the peer said in an Error frame.
type RemoteError struct {
	Code   fault.Code
	Detail string
}

func (e *RemoteError) Error() string {
	if e.Detail == "" {
		return e.Code.Kind().Error()
	}
	return fmt.Sprintf("%v (%.500q)", e.Code.Kind(), e.Detail)
}

// Remote reports true: it is not this side's error.
func (e *RemoteError) Remote() bool { return true }

// Unwrap returns the kind.
func (e *RemoteError) Unwrap() error { return e.Code.Kind() }

func remoteError(body []byte) error {
	var e wire.Error
	if err := wire.Decode(body, &e); err != nil {
		return err
	}
	return &RemoteError{Code: e.Code, Detail: e.Detail}
}

// broken gives an error of reading or writing its kind: a breach of the protocol
// stays one, as does what a lane ended with, and all else means that the connection is lost.
func broken(err error) error {
	var remote *RemoteError
	if err == nil || errors.Is(err, fault.Protocol) || errors.Is(err, fault.Lost) || errors.As(err, &remote) {
		return err
	}
	return fmt.Errorf("%w: %w", fault.Lost, err)
}

// unreachable gives an error of connecting its kind: nobody is there. If nothing came back,
// not even a refusal, it is of the kind [fault.Timeout] too: so behaves a firewall.
func unreachable(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w: %w", fault.Offline, fault.Timeout)
	}
	return fmt.Errorf("%w: %w", fault.Offline, err)
}

func isTransport(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &op)
}

// handshakeError gives an error of the handshake its kind.
func handshakeError(err error) error {
	var op *net.OpError
	var remote *RemoteError
	switch {
	case errors.As(err, &remote), errors.Is(err, identity.ErrPeerID), errors.Is(err, fault.Protocol), errors.Is(err, fault.Version):
		return err
	// crypto/tls has no exported type for an alert that came over TCP.
	case errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Error(), "no application protocol"):
		return fmt.Errorf("%w: %w", fault.Version, err)
	case isTransport(err):
		return fmt.Errorf("%w: %w", fault.Offline, err)
	}
	return fmt.Errorf("%w: %w", fault.Protocol, err)
}
