package identity

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestOpenCreatesOnceAndKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	ids := make([]PeerID, 8)
	var starts sync.WaitGroup
	for i := range ids { // as two programs that start at once
		starts.Go(func() {
			id, repaired, err := Open(dir)
			if err != nil || repaired {
				t.Errorf("repaired=%v, %v", repaired, err)
				return
			}
			ids[i] = id.ID()
		})
	}
	starts.Wait()
	for _, id := range ids {
		if id.IsZero() || id != ids[0] {
			t.Fatalf("identities differ: %v", ids)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%d files in the folder (%v), want the key alone", len(files), err)
	}
}

func TestKeyFileIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("mode bits say nothing on Windows")
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, KeyFile)
	if _, _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v), want 0600", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, repaired, err := Open(dir); err != nil || !repaired {
		t.Errorf("repaired=%v, %v; want it closed again and reported", repaired, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v) after repair, want 0600", info.Mode(), err)
	}
}

func TestDamagedKeyIsNeverReplaced(t *testing.T) {
	for name, content := range map[string]string{
		"empty":        "",
		"text":         "hello",
		"other pem":    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"broken base":  "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"half a key":   "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI",
		"far too long": strings.Repeat("x", maxKeyFile+1),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, KeyFile)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := Open(dir)
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("error is %v; want ErrDamaged with the path", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, []byte(content)) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

func TestPeerIDText(t *testing.T) {
	id, err := New()
	if err != nil {
		t.Fatal(err)
	}
	text := id.ID().String()
	for _, s := range []string{text, strings.ToUpper(text)} {
		if got, err := ParsePeerID(s); err != nil || got != id.ID() {
			t.Errorf("ParsePeerID(%q) = %v, %v", s, got, err)
		}
	}
	last := strings.Repeat("a", textLen-1)
	for _, s := range []string{"", text[:51], text + "a", strings.Repeat("1", textLen), last + "b", strings.Repeat("=", textLen)} {
		if got, err := ParsePeerID(s); err == nil {
			t.Errorf("ParsePeerID(%q) = %v, want an error", s, got)
		}
	}
}

// handshake lets a client and a server meet, and returns their errors.
func handshake(t *testing.T, client, server *tls.Config) (state tls.ConnectionState, cerr, serr error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		raw, err := l.Accept()
		if err != nil {
			served <- err
			return
		}
		defer raw.Close()
		c := tls.Server(raw, server)
		err = c.Handshake()
		state = c.ConnectionState()
		served <- err
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	cerr = tls.Client(raw, client).Handshake()
	raw.Close()
	serr = <-served
	return state, cerr, serr
}

func TestHandshakeProvesBoth(t *testing.T) {
	a, b := mustNew(t), mustNew(t)
	state, cerr, serr := handshake(t, a.ClientConfig(b.ID()), b.ServerConfig())
	if cerr != nil || serr != nil {
		t.Fatalf("client: %v, server: %v", cerr, serr)
	}
	if got, err := PeerOf(state); err != nil || got != a.ID() {
		t.Errorf("the server saw %v (%v), want %v", got, err, a.ID())
	}
	if state.Version != tls.VersionTLS13 {
		t.Errorf("TLS version %x", state.Version)
	}
}

func TestHandshakeRefuses(t *testing.T) {
	a, b, c := mustNew(t), mustNew(t), mustNew(t)
	with := func(cfg *tls.Config, change func(*tls.Config)) *tls.Config {
		change(cfg)
		return cfg
	}
	tests := map[string]struct{ client, server *tls.Config }{
		"another key than the expected one": {a.ClientConfig(c.ID()), b.ServerConfig()},
		"TLS 1.2": {with(a.ClientConfig(b.ID()), func(c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
		}), b.ServerConfig()},
		"no client certificate": {with(a.ClientConfig(b.ID()), func(c *tls.Config) { c.Certificates = nil }), b.ServerConfig()},
		"another protocol":      {with(a.ClientConfig(b.ID()), func(c *tls.Config) { c.NextProtos = []string{"h2"} }), b.ServerConfig()},
		"no protocol":           {with(a.ClientConfig(b.ID()), func(c *tls.Config) { c.NextProtos = nil }), b.ServerConfig()},
		"somebody else's certificate": {with(a.ClientConfig(b.ID()), func(cfg *tls.Config) {
			cfg.Certificates = []tls.Certificate{{Certificate: c.cert.Certificate, PrivateKey: a.cert.PrivateKey}}
		}), b.ServerConfig()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, cerr, serr := handshake(t, tt.client, tt.server)
			if cerr == nil && serr == nil {
				t.Error("the handshake went through")
			}
		})
	}
}

func mustNew(t *testing.T) *Identity {
	t.Helper()
	id, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return id
}
