package identity

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// ALPN is the application protocol (RFC 7301) of this version of the wire
// format. Two nodes without a common one refuse each other in the handshake.
const ALPN = "ferry/1"

// ErrPeerID is returned when the node that answered is not the one that was
// called: another key than the expected one.
var ErrPeerID = errors.New("another device answered at this address")

var errNoCertificate = errors.New("the peer showed no certificate of its own")

// ServerConfig returns the TLS configuration for accepted connections. Any
// key is let in; [PeerOf] tells whose it is.
func (i *Identity) ServerConfig() *tls.Config {
	c := i.config()
	c.ClientAuth = tls.RequireAnyClientCert
	return c
}

// ClientConfig returns the TLS configuration for dialling want. The handshake
// fails with an error that wraps [ErrPeerID] if another node answers; the
// zero PeerID accepts any.
func (i *Identity) ClientConfig(want PeerID) *tls.Config {
	c := i.config()
	c.VerifyConnection = func(state tls.ConnectionState) error {
		got, err := PeerOf(state)
		if err != nil {
			return err
		}
		if !want.IsZero() && got != want {
			return fmt.Errorf("%w: %s instead of %s", ErrPeerID, got.Short(), want.Short())
		}
		return nil
	}
	return c
}

func (i *Identity) config() *tls.Config {
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		NextProtos:   []string{ALPN},
		Certificates: []tls.Certificate{i.cert},
		// There is no authority that could vouch for a device on a local
		// network; the chain says nothing and the key says everything. TLS still
		// proves that the peer holds the key (RFC 8446, 4.4.3).
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			_, err := PeerOf(state)
			return err
		},
		// A resumed session would be a second way to be somebody.
		SessionTicketsDisabled: true,
		// Full records from the first byte: the ramp is for browsers.
		DynamicRecordSizingDisabled: true,
	}
}

// PeerOf returns the identity that the other end of a finished handshake
// proved.
func PeerOf(state tls.ConnectionState) (PeerID, error) {
	if len(state.PeerCertificates) != 1 {
		return PeerID{}, errNoCertificate
	}
	if state.NegotiatedProtocol != ALPN {
		return PeerID{}, fmt.Errorf("the peer does not speak %s", ALPN)
	}
	return peerIDOf(state.PeerCertificates[0]), nil
}
