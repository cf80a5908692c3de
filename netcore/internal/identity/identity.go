// Package identity holds who a node is: its private key, the certificate
// made from it, and the TLS configurations that prove it to a peer and demand
// the same proof in return.
//
// An identity is nothing but a key. The certificate is a wrapping that TLS
// asks for: self-signed, made anew from the key at every start, and believed
// for nothing except the public key inside. No name, address or date in a
// certificate is ever looked at.
//
// The private key leaves this package only inside a tls.Config.
package identity

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// KeyFile is the name of the key's file in the config folder: PKCS #8
// (RFC 5958) in PEM, Ed25519 (RFC 8410), readable by its owner only.
const KeyFile = "identity.pem"

const (
	pemType    = "PRIVATE KEY"
	maxKeyFile = 16 << 10
)

// ErrDamaged is returned for a key file that exists but holds no usable key.
// It is never replaced: peers know this computer by the key in it.
var ErrDamaged = errors.New("the identity file is damaged")

// An Identity is this node's proof of who it is.
type Identity struct {
	id   PeerID
	cert tls.Certificate
}

// ID returns the peer ID that other nodes know this identity by.
func (i *Identity) ID() PeerID { return i.id }

// Open reads the identity in dir, or creates it (and dir) if there is none.
// Two processes that create it at once end with the same one. repaired
// reports that the key file could be read by others and has been closed to
// them again. A damaged file gives an error that wraps [ErrDamaged] and says
// what to do.
func Open(dir string) (id *Identity, repaired bool, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, err
	}
	path := filepath.Join(dir, KeyFile)
	pemBytes, repaired, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKey(path); err != nil {
			return nil, false, err
		}
		pemBytes, repaired, err = readKey(path)
	}
	if err != nil {
		return nil, false, err
	}
	key, err := parseKey(pemBytes)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w (%v): restore it from a backup, or move it away to start as a new device that others must get to know again", path, ErrDamaged, err)
	}
	id, err = fromKey(key)
	return id, repaired, err
}

// New makes an identity that is kept nowhere, for tests.
func New() (*Identity, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return fromKey(key)
}

func readKey(path string) (pemBytes []byte, repaired bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, false, fmt.Errorf("%s: %w: it is no key file", path, ErrDamaged)
	}
	if repaired, err = closeToOthers(path, info); err != nil {
		return nil, false, err
	}
	pemBytes, err = os.ReadFile(path)
	return pemBytes, repaired, err
}

// createKey writes a new key under a temporary name and links it into place,
// so that a half-written key can never be found under the real name, and the
// first of two processes wins.
func createKey(path string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), KeyFile+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	err = pem.Encode(tmp, &pem.Block{Type: pemType, Bytes: der})
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	// A filesystem without hard links (FAT): the window for two first starts
	// at once is small, and rename is still atomic.
	return os.Rename(tmp.Name(), path)
}

func parseKey(pemBytes []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(pemBytes)
	if block == nil || block.Type != pemType {
		return nil, errors.New("no " + pemType + " block in it")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it is a key of type %T, not of Ed25519", key)
	}
	return signer, nil
}

func fromKey(key ed25519.PrivateKey) (*Identity, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "ferry"},
		// Fixed, so that the certificate tells nothing but the key, and no
		// clock on the network matters. 9999 means "no expiry" (RFC 5280, 4.1.2.5).
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:  x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{
			x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth,
		},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Identity{
		id:   peerIDOf(leaf),
		cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
	}, nil
}
