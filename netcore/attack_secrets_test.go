package netcore_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	"ferry/netcore/netcoretest"
)

// TestLogHoldsNoSecrets lets two nodes do what people do, with a log at each level, and looks for what must not be
// in it: keys and content at any level, and at that of every day where people keep their files.
func TestLogHoldsNoSecrets(t *testing.T) {
	const content = "the-words-of-a-letter"
	var usual, debug logBuffer
	logged := func(c *netcore.Config, _ *netcoretest.Recorder) {
		c.Log = slog.New(slog.NewMultiHandler(
			slog.NewTextHandler(&usual, nil), slog.NewTextHandler(&debug, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}
	declining := func(_ *netcore.Config, r *netcoretest.Recorder) { r.Answer = acceptAllBut("unwanted.txt") }
	anna, bob := netcoretest.Start(t, "Anna", logged), netcoretest.Start(t, "Bob", logged, declining)
	src := filepath.Join(t.TempDir(), "a-folder-of-anna")
	netcoretest.Tree{"letter.txt": content, "unwanted.txt": content, "sub/taken.txt": content}.Write(t, src)
	netcoretest.Tree{"letter.txt": "another one"}.Write(t, bob.Inbox())
	peer, err := anna.Connect(t.Context(), bob.Ticket())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"letter.txt", "sub", "missing"} {
		anna.WaitFinal(t, anna.MustSend(t, peer.ID, filepath.Join(src, name)))
	}
	withdrawn := anna.MustSend(t, peer.ID, filepath.Join(src, "unwanted.txt"))
	bob.WaitTransfer(t, "the question", func(tr netcore.Transfer) bool { return tr.ID == withdrawn })
	anna.Cancel(withdrawn, netcore.KeepNothing)
	anna.WaitFinal(t, withdrawn)
	bob.WaitFinal(t, withdrawn)
	anna.Stop()
	bob.Stop()

	for _, h := range []*netcoretest.Host{anna, bob} {
		for what, secret := range secretsOf(t, h.Dir) {
			if strings.Contains(debug.String(), secret) {
				t.Errorf("the log holds %s of %s", what, h.Self().Name)
			}
		}
		if strings.Contains(usual.String(), h.Inbox()) {
			t.Errorf("the log at level info says where the inbox of %s is", h.Self().Name)
		}
	}
	if strings.Contains(debug.String(), content) {
		t.Error("the log holds content")
	}
	if strings.Contains(usual.String(), "a-folder-of-anna") {
		t.Errorf("the log at level info says where files are:\n%s", usual.String())
	}
	if !strings.Contains(debug.String(), bob.Self().ID.Short()) {
		t.Error("there is next to nothing in the log: the test looks at nothing")
	}
}

// secretsOf returns the key in a config folder, in the forms in which it might be written down.
func secretsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, identity.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	seed := block.Bytes[len(block.Bytes)-32:] // RFC 8410, 7: the seed is the end of it
	return map[string]string{
		"the key file":                  strings.Split(string(text), "\n")[1],
		"the key":                       string(seed),
		"the key in hexadecimal digits": hex.EncodeToString(seed),
		"the key in base64":             base64.RawStdEncoding.EncodeToString(seed)[:40],
	}
}
