package netcore_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/zeebo/blake3"

	"ferry/netcore"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
	"ferry/netcore/plain"
)

// The tests of this file are named after holes that other programs for the same work had. A stranger tries each on a
// real node. Of those that are not here, TestStrangersAreCutOff has content before consent and frames that are
// too large, TestFloods connections and handshakes without bound, TestTLS identities that are not proved.

// A goods is an entry with its content.
type goods struct {
	wire.Entry
	content string
}

func file(path, content string) goods {
	return goods{wire.Entry{Path: path, Size: int64(len(content)), ModTime: time.Unix(1, 0)}, content}
}

// deliver offers goods, and sends the content of files without looking at what the receiver says of them.
func (s *stranger) deliver(t *testing.T, list ...goods) (code string) {
	t.Helper()
	var entries []wire.Entry
	for _, g := range list {
		entries = append(entries, g.Entry)
	}
	s.offer(t, entries...)
	if typ, _, err := s.r.Next(); err != nil || typ != wire.TypeAnswer {
		t.Fatalf("answer: %v, %v", typ, err)
	}
	done, root := wire.Done{}, blake3.New()
	for i, g := range list {
		if g.Folder || g.Link {
			continue
		}
		sum := blake3.Sum256([]byte(g.content))
		s.frame(t, wire.TypeFile, wire.AppendFile(nil, int64(i), 0))
		if g.content != "" {
			s.frame(t, wire.TypeData, []byte(g.content))
		}
		s.frame(t, wire.TypeSum, sum[:])
		root.Write(binary.BigEndian.AppendUint64(nil, uint64(i)))
		root.Write(sum[:])
		done.Files++
		done.Bytes += g.Size
	}
	done.Root = root.Sum(nil)
	s.control(t, wire.TypeDone, done)
	return s.last(t)
}

// A victim is a node with something beside its inbox that nobody may touch.
type victim struct {
	*netcoretest.Host
	outside string
	before  []string
}

func newVictim(t *testing.T) victim {
	t.Helper()
	root := t.TempDir()
	v := victim{outside: filepath.Join(root, "outside")}
	netcoretest.Tree{"secret.txt": "secret", "inbox2/": ""}.Write(t, v.outside)
	v.before = netcoretest.Snapshot(t, v.outside)
	v.Host = netcoretest.Start(t, "Bob", func(c *netcore.Config, _ *netcoretest.Recorder) {
		c.Inbox = filepath.Join(v.outside, "..", "inbox")
	})
	t.Cleanup(func() {
		if now := netcoretest.Snapshot(t, v.outside); strings.Join(now, "\n") != strings.Join(v.before, "\n") {
			t.Errorf("outside of the inbox there was\n%q\nand is now\n%q", v.before, now)
		}
		entries, err := os.ReadDir(root)
		for _, e := range entries {
			if e.Name() != "outside" && e.Name() != "inbox" {
				t.Errorf("%s has come into being (%v)", e.Name(), err)
			}
		}
	})
	return v
}

// in returns the content of a file in the inbox.
func (v victim) in(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(v.Inbox(), filepath.FromSlash(path)))
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

func TestHole_PathTraversal(t *testing.T) {
	bob := newVictim(t)
	for _, path := range []string{
		"../evil.txt", "a/../../evil.txt", "../outside/evil.txt", "../inbox2/evil.txt", "..", ".", "", "/etc/evil", "//evil", "a//evil",
		"a/./evil", "a/..", "./evil", "evil/", "a\x00b", "a/\xff", strings.Repeat("../", 40) + "evil", strings.Repeat("a/", 128) + "b",
		strings.Repeat("a", 1025), strings.Repeat("a/", 2049),
	} {
		s := dialStranger(t, bob.Host, wire.PurposeTransfer)
		s.offer(t, wire.Entry{Path: path, Size: 4})
		if code := s.last(t); code != "bad-name" && code != "protocol" {
			t.Errorf("%.40q: %q", path, code)
		}
		s.Close()
	}
	for _, e := range bob.Events() {
		if c, ok := e.(netcore.TransferChanged); ok {
			t.Errorf("the person was asked about %v", c.Transfer.Names)
		}
	}
	s := dialStranger(t, bob.Host, wire.PurposeTransfer)
	if code := s.deliver(t, file(`..\..\evil.txt`, "x"), file("C:evil.txt", "x"), file(`\\host\share\evil`, "x")); code != "" {
		t.Errorf("names of Windows: %q", code)
	}
}

func TestHole_SymlinksFollowed(t *testing.T) {
	bob := newVictim(t)
	if err := os.MkdirAll(bob.Inbox(), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"folder": bob.outside, "file": filepath.Join(bob.outside, "secret.txt"), "dangling": filepath.Join(bob.outside, "new")} {
		if err := os.Symlink(target, filepath.Join(bob.Inbox(), name)); err != nil {
			t.Fatal(err)
		}
	}
	s := dialStranger(t, bob.Host, wire.PurposeTransfer)
	folder := func(path string) goods { return goods{Entry: wire.Entry{Path: path, Folder: true}} }
	code := s.deliver(t, folder("folder"), file("folder/evil.txt", "x"), file("folder/secret.txt", "evil!!"), file("file", "evil!!"), file("dangling", "x"))
	if code != "" {
		t.Errorf("ended with %q", code)
	}
	if got := bob.in(t, "folder (1)/evil.txt"); got != "x" {
		t.Errorf("folder (1): %q", got)
	}

	s = dialStranger(t, bob.Host, wire.PurposeTransfer) // links of its own, that lead out
	link := func(path, target string) wire.Entry { return wire.Entry{Path: path, Link: true, Target: target} }
	o := wire.Offer{ID: netcore.TransferID(rand128()).String(), Folders: 1, Links: 3}
	var page wire.Page
	for _, e := range []wire.Entry{{Path: "top", Folder: true}, link("top/up", "../../outside"), link("top/abs", bob.outside), link("top/far", strings.Repeat("../", 20)+"etc")} {
		page.Add(e)
	}
	s.control(t, wire.TypeOffer, o)
	s.frame(t, wire.TypeEntries, page.Body())
	nothing := blake3.Sum256(nil)
	s.control(t, wire.TypeDone, wire.Done{Root: nothing[:]})
	s.last(t)
	for _, name := range []string{"up", "abs", "far"} {
		if _, err := os.Lstat(filepath.Join(bob.Inbox(), "top", name)); !os.IsNotExist(err) {
			t.Errorf("top/%s was made (%v)", name, err)
		}
	}
}

func TestHole_ExistingTargetsReplaced(t *testing.T) {
	bob := newVictim(t)
	netcoretest.Tree{"mine.txt": "mine", "folder/mine.txt": "mine"}.Write(t, bob.Inbox())
	s := dialStranger(t, bob.Host, wire.PurposeTransfer)
	if code := s.deliver(t, file("mine.txt", "evil"), file("folder", "evil"), file("folder/mine.txt", "evil")); code != "" {
		t.Errorf("ended with %q", code)
	}
	for path, want := range map[string]string{"mine.txt": "mine", "folder/mine.txt": "mine", "mine (1).txt": "evil", "folder (1)": "evil"} {
		if got := bob.in(t, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestHole_ArchivesUnpacked(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for _, name := range []string{"../evil.txt", "inside.txt"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("evil")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	bob := newVictim(t)
	s := dialStranger(t, bob.Host, wire.PurposeTransfer)
	if code := s.deliver(t, file("folder.zip", archive.String())); code != "" {
		t.Errorf("ended with %q", code)
	}
	if got := bob.in(t, "folder.zip"); got != archive.String() {
		t.Error("the archive is not as it was sent")
	}
	if _, err := os.Lstat(filepath.Join(bob.Inbox(), "inside.txt")); !os.IsNotExist(err) {
		t.Errorf("the archive was unpacked (%v)", err)
	}
}

func TestHole_SummaryHidesFiles(t *testing.T) {
	entries := []wire.Entry{{Path: "d", Folder: true}, {Path: "d/a", Size: 4}, {Path: "d/hidden", Size: 4}}
	var page wire.Page
	for _, e := range entries {
		page.Add(e)
	}
	bob := newVictim(t)
	for name, o := range map[string]wire.Offer{
		"a file too few":    {Files: 1, Folders: 1, Bytes: 4},
		"a folder too few":  {Files: 2, Bytes: 8},
		"a link for a file": {Files: 1, Folders: 1, Links: 1, Bytes: 8},
		"too few bytes":     {Files: 2, Folders: 1, Bytes: 4},
		"too many bytes":    {Files: 2, Folders: 1, Bytes: 9},
		"less than nothing": {Files: -1, Folders: 1},
		"nothing at all":    {},
		"too many":          {Files: wire.MaxEntries + 1},
	} {
		o.ID = netcore.TransferID(rand128()).String()
		s := dialStranger(t, bob.Host, wire.PurposeTransfer)
		s.control(t, wire.TypeOffer, o)
		s.frame(t, wire.TypeEntries, page.Body())
		if code := s.last(t); code != "protocol" {
			t.Errorf("%s: %q", name, code)
		}
		s.Close()
	}
	asked := make(chan netcore.Offer, 1)
	anna := netcoretest.Start(t, "Anna", func(_ *netcore.Config, r *netcoretest.Recorder) {
		r.Answer = func(_ context.Context, o netcore.Offer) netcore.Answer { asked <- o; return netcore.Answer{} }
	})
	dialStranger(t, anna, wire.PurposeTransfer).offer(t, entries...)
	o := <-asked
	n := 0
	for range o.Entries() {
		n++
	}
	if n != 3 || o.Files != 2 || o.Folders != 1 || o.Bytes != 8 || len(o.Top) != 1 || o.Top[0].Size != 8 {
		t.Errorf("the person is told of %d files, %d folders, %d bytes, %v; the list has %d", o.Files, o.Folders, o.Bytes, o.Top, n)
	}
}

// Terminal escapes, markup, and what turns text around or hides it: the name of a device is cleaned when it is heard; those
// of files stay as they are on disk, and package plain, which all front ends use, writes out what is in them.
func TestHole_EscapesInNames(t *testing.T) {
	names := []string{
		"\x1b]0;evil\x07\x1b[2J", "a\nb\r", "photo\u202egpj.exe", "a\u200b\u2066b", "\u0085", "photo.jpg" + strings.Repeat(" ", 200) + ".exe", strings.Repeat("x", 800),
	}
	asked := make(chan netcore.Offer, 1)
	bob := netcoretest.Start(t, "Bob", func(_ *netcore.Config, r *netcoretest.Recorder) {
		r.Answer = func(_ context.Context, o netcore.Offer) netcore.Answer { asked <- o; return netcore.Answer{} }
	})
	s := dialStranger(t, bob, "")
	s.control(t, wire.TypeHello, wire.Hello{Purpose: wire.PurposeTransfer, Name: "\x1b[31m<b>Anna</b>\u202e" + strings.Repeat("x", 10_000), System: "\x1b[2J", Instance: "1"})
	if typ, _, err := s.r.Next(); err != nil || typ != wire.TypeHello {
		t.Fatalf("answer to hello: %v, %v", typ, err)
	}
	var entries []wire.Entry
	for _, name := range names {
		entries = append(entries, wire.Entry{Path: name})
	}
	s.offer(t, entries...)
	o := <-asked
	shown := []string{o.Peer.Name, o.Peer.System}
	for _, e := range o.Top {
		shown = append(shown, plain.Text(e.Path))
	}
	for _, text := range shown {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || strings.Contains(text, strings.Repeat(" ", 3)) {
			t.Errorf("%q is not safe to show", text)
		}
		if n := len([]rune(text)); n > plain.MaxRunes {
			t.Errorf("%d characters", n)
		}
	}
	if len(o.Top) != len(names) || len([]rune(o.Peer.Name)) > wire.MaxName {
		t.Errorf("%d names, device %q", len(o.Top), o.Peer.Name)
	}
}

func TestHole_IdentityFromUnauthenticatedPacket(t *testing.T) {
	anna, bob, mallory := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob"), netcoretest.Start(t, "Anna")
	forged := "ferry:" + anna.Self().ID.String() + "?at=" + mallory.Addr().String() // as a record of multicast DNS might say
	if p, err := bob.Connect(t.Context(), forged); err == nil {
		t.Errorf("%v passes for Anna", p.Addrs)
	}
	if list := bob.Peers(); len(list) > 0 {
		t.Errorf("online: %v", list)
	}
}

// Numbers that say how much follows, made up.
func TestHole_LengthFields(t *testing.T) {
	huge := binary.AppendUvarint(nil, 1<<63)
	entry := func(flags byte, rest ...byte) []byte { return append([]byte{flags}, rest...) }
	bob := newVictim(t)
	for name, body := range map[string][]byte{
		"size of a file":          append(append([]byte{0}, huge...), 0, 0, 0, 1, 'a'),
		"size that does not end":  bytes.Repeat([]byte{0xff}, 30),
		"length of a path":        append(entry(0, 4, 0, 0, 0), huge...),
		"path beyond the page":    entry(0, 4, 0, 0, 0, 200, 1, 'a'),
		"shared with nothing":     entry(0, 4, 0, 0, 9, 1, 'a'),
		"target beyond the page":  entry(4, 0, 0, 0, 1, 'a', 100, 'b'),
		"flags of the future":     entry(0x80, 4, 0, 0, 0, 1, 'a'),
		"a link that is a folder": entry(5, 0, 0, 0, 1, 'a', 1, 'b'),
		"nanoseconds":             append(append(entry(0, 4, 0), binary.AppendUvarint(nil, 1e9)...), 0, 1, 'a'),
	} {
		s := dialStranger(t, bob.Host, wire.PurposeTransfer)
		s.control(t, wire.TypeOffer, wire.Offer{ID: netcore.TransferID(rand128()).String(), Files: 1, Bytes: 4})
		s.frame(t, wire.TypeEntries, body)
		if code := s.last(t); code != "protocol" && code != "bad-name" {
			t.Errorf("%s: %q", name, code)
		}
		s.Close()
	}
}

// A file of which a part has not come is not filled up with zeros, whatever the sender says of it, and has no final name.
func TestHole_ZeroBytesForMissing(t *testing.T) {
	bob := newVictim(t)
	zeros := blake3.Sum256(make([]byte, 4))
	for name, send := range map[string]func(t *testing.T, s *stranger){
		"sum before the end": func(t *testing.T, s *stranger) {
			s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 0))
			s.frame(t, wire.TypeData, []byte{0, 0})
			s.frame(t, wire.TypeSum, zeros[:])
		},
		"goes on from what is not there": func(t *testing.T, s *stranger) {
			s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 2))
			s.frame(t, wire.TypeData, []byte{0, 0})
			s.frame(t, wire.TypeSum, zeros[:])
		},
		"all of it is there already": func(t *testing.T, s *stranger) { s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 4)) },
	} {
		s := dialStranger(t, bob.Host, wire.PurposeTransfer)
		s.offer(t, wire.Entry{Path: "half.bin", Size: 4})
		for _, want := range []wire.Type{wire.TypeAnswer, wire.TypeHave} {
			if typ, _, err := s.r.Next(); err != nil || typ != want {
				t.Fatalf("%v, %v; want %v", typ, err, want)
			}
		}
		send(t, s)
		if code := s.last(t); code != "protocol" {
			t.Errorf("%s: %q", name, code)
		}
		s.Close()
	}
	noFiles(t, bob.Inbox())
}

// What arrives belongs to whoever runs Ferry, and gives nobody a right that a new file would not give.
func TestHole_ModesOfTheSender(t *testing.T) {
	bob := newVictim(t)
	program := file("run.sh", "#!/bin/sh\n")
	program.Exec = true
	s := dialStranger(t, bob.Host, wire.PurposeTransfer)
	if code := s.deliver(t, goods{Entry: wire.Entry{Path: "d", Folder: true}}, file("d/a", "x"), program); code != "" {
		t.Errorf("ended with %q", code)
	}
	for _, path := range []string{"d", "d/a", "run.sh"} {
		info, err := os.Stat(filepath.Join(bob.Inbox(), path))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode(); mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 || mode.Perm()&0o022 != 0 {
			t.Errorf("%s: %v", path, mode)
		}
	}
}
