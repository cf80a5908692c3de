package identity

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
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
		InsecureSkipVerify:    true,
		VerifyPeerCertificate: func(certs [][]byte, _ [][]*x509.Certificate) error { return checkCertificates(certs) },
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

// checkCertificates is asked before the peer's signature is verified: with keys of other kinds that could take a
// hundred times as long.
func checkCertificates(certs [][]byte) error {
	if len(certs) != 1 {
		return errNoCertificate
	}
	cert, err := x509.ParseCertificate(certs[0])
	if err != nil {
		return err
	}
	if _, ok := cert.PublicKey.(ed25519.PublicKey); !ok {
		return fmt.Errorf("the peer's key is of the kind %v, not Ed25519", cert.PublicKeyAlgorithm)
	}
	return nil
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
