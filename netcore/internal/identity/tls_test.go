package identity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// certify makes a certificate for key, changed from what Ferry's are like.
func certify(t *testing.T, key crypto.Signer, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ferry"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func keyOf[K crypto.Signer](t *testing.T) func(K, error) K {
	t.Helper()
	return func(key K, err error) K {
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
}

// TestTLS tries at a node's server configuration what a stranger may show, and what PROTOCOL.md, 2.2, says of it.
func TestTLS(t *testing.T) {
	self, other := mustNew(t), mustNew(t)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := certify(t, ed, nil)
	showing := func(cert tls.Certificate) func(*tls.Config) {
		return func(c *tls.Config) { c.Certificates = []tls.Certificate{cert} }
	}
	tests := []struct {
		name   string
		change func(*tls.Config) // of the client
		ok     bool
	}{
		{"another Ferry", func(*tls.Config) {}, true},
		{"a certificate of its own making", showing(plain), true},
		// The dates, names and uses in a certificate mean nothing; the key does.
		{"expired", showing(certify(t, ed, func(c *x509.Certificate) { c.NotAfter = time.Unix(1, 0) })), true},
		{"not valid yet", showing(certify(t, ed, func(c *x509.Certificate) { c.NotBefore = time.Date(9998, 1, 1, 0, 0, 0, 0, time.UTC) })), true},
		{"an authority", showing(certify(t, ed, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })), true},
		{"for other hosts", showing(certify(t, ed, func(c *x509.Certificate) { c.DNSNames = []string{"bank.example"} })), true},
		{"large", showing(certify(t, ed, func(c *x509.Certificate) { c.DNSNames = names(100) })), true},

		{"no certificate", func(c *tls.Config) { c.Certificates = nil }, false},
		{"somebody else's certificate", showing(tls.Certificate{Certificate: other.cert.Certificate, PrivateKey: ed}), false},
		{"two certificates", showing(tls.Certificate{Certificate: append(append([][]byte{}, plain.Certificate...), other.cert.Certificate...), PrivateKey: ed}), false},
		{"not a certificate", showing(tls.Certificate{Certificate: [][]byte{[]byte("x")}, PrivateKey: ed}), false},
		{"huge", showing(certify(t, ed, func(c *x509.Certificate) { c.DNSNames = names(20_000) })), false},
		{"RSA", showing(certify(t, keyOf[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048)), nil)), false},
		{"P-256", showing(certify(t, keyOf[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), nil)), false},
		{"P-521", showing(certify(t, keyOf[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)), nil)), false},
		{"TLS 1.2", func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }, false},
		{"another protocol", func(c *tls.Config) { c.NextProtos = []string{"h2"} }, false},
		{"another version", func(c *tls.Config) { c.NextProtos = []string{"ferry/2"} }, false},
		{"no protocol", func(c *tls.Config) { c.NextProtos = nil }, false},
		{"many protocols", func(c *tls.Config) { c.NextProtos = []string{"h2", ALPN} }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := mustNew(t).ClientConfig(self.ID())
			tt.change(client)
			state, cerr, serr := handshake(t, client, self.ServerConfig())
			if ok := serr == nil; ok != tt.ok {
				t.Errorf("client: %v, server: %v", cerr, serr)
			}
			if tt.ok && (state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != ALPN) {
				t.Errorf("version %x, protocol %q", state.Version, state.NegotiatedProtocol)
			}
			if _, err := PeerOf(state); tt.ok && err != nil {
				t.Errorf("who it is: %v", err)
			}
		})
	}
}

func names(n int) (list []string) {
	for range n {
		list = append(list, strings.Repeat("x", 50)+".example")
	}
	return list
}

// A server that is not who was dialled, or shows what no node does, hears nothing after its handshake.
func TestTLSOfAServer(t *testing.T) {
	want, other := mustNew(t), mustNew(t)
	for name, change := range map[string]func(*tls.Config){
		"swapped":          func(c *tls.Config) { c.Certificates = other.ServerConfig().Certificates },
		"another protocol": func(c *tls.Config) { c.NextProtos = []string{"h2"} },
		"no protocol":      func(c *tls.Config) { c.NextProtos = nil },
		"TLS 1.2":          func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
		"RSA": func(c *tls.Config) {
			c.Certificates = []tls.Certificate{certify(t, keyOf[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048)), nil)}
		},
	} {
		server := want.ServerConfig()
		change(server)
		if _, cerr, _ := handshake(t, mustNew(t).ClientConfig(want.ID()), server); cerr == nil {
			t.Errorf("%s: the handshake went through", name)
		} else if name == "swapped" && !errors.Is(cerr, ErrPeerID) {
			t.Errorf("%s: %v, want ErrPeerID", name, cerr)
		}
	}
}

// One identity must not come in with what another has agreed on: nothing is resumed, though the client would like to.
func TestSessionsAreNotResumed(t *testing.T) {
	self, first, second := mustNew(t), mustNew(t), mustNew(t)
	server := self.ServerConfig()
	cache := tls.NewLRUClientSessionCache(4)
	for _, id := range []*Identity{first, first, second} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan PeerID, 1)
		go func() {
			raw, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			defer raw.Close()
			c := tls.Server(raw, server)
			if _, err := c.Write([]byte("hello")); err != nil {
				t.Error(err)
			}
			peer, err := PeerOf(c.ConnectionState())
			if err != nil {
				t.Error(err)
			}
			served <- peer
		}()
		client := id.ClientConfig(self.ID())
		client.ClientSessionCache, client.ServerName = cache, "ferry"
		c, err := tls.Dial("tcp", l.Addr().String(), client)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 5)); err != nil { // a ticket would come before it
			t.Error(err)
		}
		if c.ConnectionState().DidResume {
			t.Error("the session was resumed")
		}
		if peer := <-served; peer != id.ID() {
			t.Errorf("taken for %v, is %v", peer, id.ID())
		}
		c.Close()
		l.Close()
	}
}
