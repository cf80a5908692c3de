package netcore_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

var (
	red  = color.RGBA{R: 255, A: 255}
	blue = color.RGBA{B: 255, A: 255}
)

// painted is an image of one colour.
func painted(c color.Color, side int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		m.Set(i%side, i/side, c)
	}
	return m
}

// photo is a file with an image of one colour.
func photo(t *testing.T, c color.Color) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, painted(c, 300)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// jpegOf is what a peer says of itself.
func jpegOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// looks reports whether a picture is of one colour; nil: whether it is none.
func looks(t *testing.T, p *netcore.Picture, want color.Color) bool {
	t.Helper()
	if p == nil || want == nil {
		return p == nil && want == nil
	}
	m, err := p.Image()
	if err != nil || m.Bounds() != image.Rect(0, 0, 128, 128) {
		t.Fatalf("%v, %v", m, err)
	}
	r, g, b, _ := m.At(64, 64).RGBA()
	r1, g1, b1, _ := want.RGBA()
	return r>>15 == r1>>15 && g>>15 == g1>>15 && b>>15 == b1>>15
}

// seenAs waits until h is told that a peer looks like that, and shows it.
func seenAs(t *testing.T, h *netcoretest.Host, id netcore.PeerID, want color.Color) netcore.Peer {
	t.Helper()
	return h.Wait(t, "the picture", func(e netcore.Event) bool {
		c, ok := e.(netcore.PeerChanged)
		return ok && c.Peer.ID == id && c.Peer.Online && looks(t, c.Peer.Picture, want)
	}).(netcore.PeerChanged).Peer
}

// listed is how h lists a peer, online or not; the zero Peer if it does not.
func listed(h *netcoretest.Host, id netcore.PeerID) netcore.Peer {
	for _, p := range append(h.Peers(), h.Known()...) {
		if p.ID == id {
			return p
		}
	}
	return netcore.Peer{}
}

func mustSetPicture(t *testing.T, h *netcoretest.Host, path string) {
	t.Helper()
	if err := h.SetPicture(path); err != nil {
		t.Fatal(err)
	}
}

// TestPictures lets a node show a picture, another one, and none, to one that sees it all the time.
func TestPictures(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	bob.Wait(t, "news of itself", isSelfChanged)
	if !looks(t, bob.Self().Picture, red) {
		t.Error("Bob does not see himself")
	}
	id := anna.Meet(t, bob)
	seenAs(t, anna, id, red)
	mustSetPicture(t, bob, photo(t, blue))
	seenAs(t, anna, id, blue)
	mustSetPicture(t, bob, "")
	netcoretest.Eventually(t, "no picture", func() bool { return listed(anna, id).Picture == nil })
	if bob.Self().Picture != nil {
		t.Error("Bob still has one")
	}
	if _, err := os.Stat(filepath.Join(bob.Dir, "picture.jpg")); !os.IsNotExist(err) {
		t.Errorf("it is still on the disk: %v", err)
	}
	mustSetPicture(t, bob, "") // twice is as good as once
}

// TestPicturesLast: a node has its picture at its next start, and one that knew it shows it while it is away, also after a start of
// its own.
func TestPicturesLast(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	id := anna.Meet(t, bob)
	same := seenAs(t, anna, id, red).Picture
	bob.Stop()
	netcoretest.Eventually(t, "Bob is away", func() bool { return !listed(anna, id).Online })
	if p := listed(anna, id); !p.Known || p.Picture != same {
		t.Errorf("while he is away, he is %+v", p)
	}
	anna.Stop()
	again := netcoretest.Start(t, "Anna", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = anna.Dir })
	if p := listed(again, id); p.Online || !looks(t, p.Picture, red) {
		t.Errorf("after a start, he is %+v", p)
	}
	bob = netcoretest.Start(t, "Bob", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = bob.Dir })
	if !looks(t, bob.Self().Picture, red) {
		t.Error("Bob has lost his picture")
	}
	again.Forget(id)
	again.Stop()
	third := netcoretest.Start(t, "Anna", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = anna.Dir })
	third.SetNickname(id, "Bob") // it is known again, and nothing more
	if p := listed(third, id); !p.Known || p.Picture != nil {
		t.Errorf("of one that was forgotten there is %+v", p)
	}
}

// TestPictureThatWentMeanwhile is taken away while the other node is away: it is told when it comes back.
func TestPictureThatWentMeanwhile(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	id := anna.Meet(t, bob)
	seenAs(t, anna, id, red)
	anna.Stop()
	mustSetPicture(t, bob, "")
	again := netcoretest.Start(t, "Anna", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = anna.Dir })
	again.Meet(t, bob)
	netcoretest.Eventually(t, "no picture", func() bool { return listed(again, id).Picture == nil })
}

// TestPictureOfAStranger goes with it: nothing of those whom nobody knows stays.
func TestPictureOfAStranger(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	mustSetPicture(t, anna, photo(t, red))
	anna.Meet(t, bob) // to Bob, she is a stranger
	id := anna.Self().ID
	seenAs(t, bob, id, red)
	anna.Stop()
	netcoretest.Eventually(t, "Anna is gone", func() bool { return len(bob.Peers()) == 0 })
	bob.SetNickname(id, "Anna")
	if p := listed(bob, id); p.Picture != nil {
		t.Error("the picture of a stranger was kept")
	}
}

// TestPictureIsForThoseWhoSee: who is not to see a node is not told what it looks like, even on a link.
func TestPictureIsForThoseWhoSee(t *testing.T) {
	anna := netcoretest.Start(t, "Anna", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Visibility = netcore.VisibleToNone })
	bob := netcoretest.Start(t, "Bob")
	mustSetPicture(t, anna, photo(t, red))
	mustSetPicture(t, bob, photo(t, blue))
	id := anna.Meet(t, bob)
	seenAs(t, anna, id, blue)               // all that was to be said at the beginning of the link was said
	bob.SetNickname(anna.Self().ID, "Anna") // he would remember what she looks like
	mustSetPicture(t, anna, photo(t, blue))
	mustSetPicture(t, anna, photo(t, red))
	anna.SetName("Anne") // is said after that
	netcoretest.Eventually(t, "Bob hears of Anna", func() bool {
		links := bob.Links(anna.Self().ID)
		return len(links) == 1 && links[0].Hello.Name == "Anne"
	})
	if bob.Pictured(anna.Self().ID) {
		t.Error("Bob knows what Anna looks like")
	}
	anna.SetVisibility(netcore.VisibleToAll, 0)
	seenAs(t, bob, anna.Self().ID, red)
}

// TestACommandGetsNoPictures: it shows nobody, and is soon over.
func TestACommandGetsNoPictures(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	command := netcoretest.Start(t, "Anna", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Hidden = true })
	id := command.Meet(t, bob)
	netcoretest.Eventually(t, "the link", func() bool { return len(bob.Links(command.Self().ID)) == 1 })
	bob.SetName("Robert") // is said after the picture
	netcoretest.Eventually(t, "the new name", func() bool { return listed(command, id).Name == "Robert" })
	if bob.Links(command.Self().ID)[0].Hello.Pictures || command.Pictured(id) {
		t.Error("a command was told what Bob looks like")
	}
}

// TestPictureOfABlockedOne is not shown.
func TestPictureOfABlockedOne(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	id := anna.Meet(t, bob)
	seenAs(t, anna, id, red)
	anna.Block(id)
	if p := listed(anna, id); p.Picture != nil || !p.Blocked {
		t.Errorf("a blocked one is shown as %+v", p)
	}
}

// TestPictureOfANamesake: who calls itself as a known device does must not look like it either.
func TestPictureOfANamesake(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	anna, mallory := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Anna")
	mustSetPicture(t, anna, photo(t, red))
	mustSetPicture(t, mallory, photo(t, red))
	first, second := bob.Meet(t, anna), anna.Self().ID
	seenAs(t, bob, first, red)
	mallory.Meet(t, bob)
	second = mallory.Self().ID
	netcoretest.Eventually(t, "what Mallory looks like", func() bool { return bob.Pictured(second) })
	if p := listed(bob, second); !p.Namesake || p.Picture != nil {
		t.Errorf("a namesake is shown as %+v", p)
	}
	if p := listed(bob, first); p.Namesake || !looks(t, p.Picture, red) {
		t.Errorf("the true one is shown as %+v", p)
	}
	bob.Vouch(second, true) // somebody has compared codes
	if p := listed(bob, second); !looks(t, p.Picture, red) {
		t.Errorf("a verified namesake is shown as %+v", p)
	}
}

// TestPictureThatIsNone: what a person picked by mistake changes nothing.
func TestPictureThatIsNone(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	dir := t.TempDir()
	netcoretest.Tree{"letter.txt": "Dear Anna", "empty.jpg": ""}.Write(t, dir)
	for name, want := range map[string]error{
		"letter.txt": netcore.ErrPicture, "empty.jpg": netcore.ErrPicture, ".": netcore.ErrPicture, "gone.jpg": netcore.ErrUnread,
	} {
		var e *netcore.Error
		if err := bob.SetPicture(filepath.Join(dir, name)); !errors.Is(err, want) || !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !looks(t, bob.Self().Picture, red) {
		t.Error("it has lost its picture")
	}
}

// TestDamagedPictureFile: a node starts all the same, without a picture.
func TestDamagedPictureFile(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{"garbage": []byte("garbage"), "too much": make([]byte, 1<<20), "empty": nil} {
		if err := os.WriteFile(filepath.Join(dir, "picture.jpg"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		bob := netcoretest.Start(t, "Bob", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = dir })
		if bob.Self().Picture != nil {
			t.Errorf("%s is a picture", name)
		}
		bob.Stop()
	}
}

// TestHostilePictures says things of itself that are no picture, and then one that is: no link ends by it, and only that is shown. Before
// that, what is too large for a frame ends the link.
func TestHostilePictures(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	s := dialSeen(t, bob, false)
	s.raw(t, append([]byte{0, 0, 0x40, 0x01, byte(wire.TypePicture)}, make([]byte, 16)...))
	if code := s.last(t); code != "protocol" {
		t.Errorf("one byte too many ends with %q", code)
	}
	s = dialSeen(t, bob, false)
	for _, body := range [][]byte{
		[]byte("garbage"), jpegOf(t, painted(red, 128))[:200], jpegOf(t, painted(red, 300)), {0xff, 0xd8},
		slices.Concat(jpegOf(t, painted(red, 8))), nil, jpegOf(t, painted(red, 64)),
	} {
		s.frame(t, wire.TypePicture, body)
	}
	p := bob.Wait(t, "the picture", func(e netcore.Event) bool {
		c, ok := e.(netcore.PeerChanged)
		return ok && c.Peer.Picture != nil
	}).(netcore.PeerChanged).Peer
	if !looks(t, p.Picture, red) {
		t.Error("it shows something else")
	}
	for range 1000 { // far more than anybody has a use for; the last one counts
		s.frame(t, wire.TypePicture, jpegOf(t, painted(red, 16)))
	}
	s.frame(t, wire.TypePicture, jpegOf(t, painted(blue, 32)))
	seenAs(t, bob, p.ID, blue)
	changes := slices.DeleteFunc(slices.Clone(bob.Events()), func(e netcore.Event) bool { _, ok := e.(netcore.PeerChanged); return !ok })
	if len(changes) > 500 {
		t.Errorf("the window was told of %d changes", len(changes))
	}
}

// TestPictureForAnOlderVersion: one that does not know what a picture is gets none; it would end the link.
func TestPictureForAnOlderVersion(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	mustSetPicture(t, bob, photo(t, red))
	older, newer := dialSeen(t, bob, false), dialSeen(t, bob, true)
	if body := newer.until(t, wire.TypePicture); !bytes.Equal(body, bob.Self().Picture.JPEG()) {
		t.Errorf("a newer one is told %d bytes", len(body))
	}
	mustSetPicture(t, bob, "")
	if body := newer.until(t, wire.TypePicture); len(body) != 0 {
		t.Errorf("that there is none is told in %d bytes", len(body))
	}
	bob.SetName("Robert")
	for {
		typ, _, err := older.r.Next()
		if err != nil || typ == wire.TypePicture {
			t.Fatalf("an older one is told %v, %v", typ, err)
		}
		if typ == wire.TypeName { // which came later than two pictures
			return
		}
	}
}

// dialSeen links to a node as one that can be seen, and that knows pictures or does not.
func dialSeen(t *testing.T, victim *netcoretest.Host, pictures bool) *stranger {
	t.Helper()
	s := dialStranger(t, victim, "")
	s.control(t, wire.TypeHello, wire.Hello{Purpose: wire.PurposeLink, Name: "Mallory", Instance: "1", Port: 1, Pictures: pictures})
	if typ, _, err := s.r.Next(); err != nil || typ != wire.TypeHello {
		t.Fatalf("answer to hello: %v, %v", typ, err)
	}
	return s
}

// until reads the next frame of a type.
func (s *stranger) until(t *testing.T, want wire.Type) []byte {
	t.Helper()
	for {
		typ, _, err := s.r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if typ == want {
			body, err := s.r.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
	}
}
