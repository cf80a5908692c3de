package ui

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// painted is a picture of one colour.
func painted(t testing.TB, c color.Color) *netcore.Picture {
	t.Helper()
	return netcoretest.Picture(t, fill(c))
}

func fill(c color.Color) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.Set(i%64, i/64, c)
	}
	return m
}

var (
	red  = color.RGBA{R: 220, A: 255}
	blue = color.RGBA{B: 220, A: 255}
)

// seenAs reports whether a colour is about the other one.
func seenAs(c color.Color, want color.RGBA) bool {
	r, g, b, a := c.RGBA()
	near := func(x uint32, y uint8) bool { return math.Abs(float64(x>>8)-float64(y)) < 24 }
	return near(r, want.R) && near(g, want.G) && near(b, want.B) && near(a, want.A)
}

// TestAPictureIsRoundAndSharp is drawn for each pixel that it has, on screens of every scale, and has nothing in its corners.
func TestAPictureIsRoundAndSharp(t *testing.T) {
	for _, scale := range []float32{1, 1.5, 2} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			var p portrait
			if !p.set(painted(t, red), false) {
				t.Fatal("no picture")
			}
			side := int(faceSize * scale)
			m := p.draw(side, side)
			if m.Bounds() != image.Rect(0, 0, side, side) || m != p.draw(side, side) {
				t.Errorf("%v, or it is drawn anew each time", m.Bounds())
			}
			last := side - 1
			for _, at := range []image.Point{{0, 0}, {last, 0}, {0, last}, {last, last}} {
				if _, _, _, a := m.At(at.X, at.Y).RGBA(); a != 0 {
					t.Errorf("something is at %v", at)
				}
			}
			for _, at := range []image.Point{{side / 2, side / 2}, {side / 2, 1}, {1, side / 2}, {last - 1, side / 2}, {side / 2, last - 1}} {
				if !seenAs(m.At(at.X, at.Y), red) {
					t.Errorf("at %v there is %v", at, m.At(at.X, at.Y))
				}
			}
		})
	}
}

// middleOf is the colour on the screen in the middle of an object.
func (h *harness) middleOf(o fyne.CanvasObject) color.Color {
	h.draw()
	a := h.area(o)
	scale := h.win.Canvas().Scale()
	at := a.pos.AddXY(a.size.Width/2, a.size.Height/2)
	return h.win.Canvas().Capture().At(int(at.X*scale), int(at.Y*scale))
}

// TestAPictureOnACard comes, changes, fades when its peer goes, and is a letter when there is none.
func TestAPictureOnACard(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	card := h.card(anna)
	letter := func() bool { return card.face.letter.Visible() && !card.face.face.Visible() }
	if !letter() || card.face.letter.Text != "A" {
		t.Error("without a picture there is no letter")
	}
	p := anna
	for _, c := range []color.RGBA{red, blue} {
		p.Picture = painted(t, c)
		h.meet(p)
		if got := h.middleOf(card.face); letter() || !seenAs(got, c) {
			t.Errorf("%v is shown as %v", c, got)
		}
	}
	p.Online, p.Known = false, true
	h.meet(p)
	if r, g, b, _ := h.middleOf(card.face).RGBA(); letter() || r>>11 != g>>11 || g>>11 != b>>11 {
		t.Errorf("one who is away is shown in %v %v %v", r>>8, g>>8, b>>8)
	}
	p.Picture = new(netcore.Picture) // cannot be read
	h.meet(p)
	if !letter() {
		t.Error("what cannot be read is shown")
	}
	p.Picture = nil
	h.meet(p)
	if !letter() {
		t.Error("the letter is not back")
	}
}

// TestAPictureIsNoWarrant: it takes the place of no warning.
func TestAPictureIsNoWarrant(t *testing.T) {
	h := newHarness(t)
	p := anna
	p.Namesake, p.Picture = true, painted(t, red)
	h.meet(p)
	if words, want := h.card(p).caption.words(), onlineWords(p); words != want || !notTheOne(p) {
		t.Errorf("a namesake's card says %q", words)
	}
	if h.card(p).seal.Visible() {
		t.Error("it looks verified")
	}
}

// TestThePictureIsChosen by a press on one's own avatar, in the settings, or by a drop on it there; and taken away.
func TestThePictureIsChosen(t *testing.T) {
	h := newHarness(t)
	h.picked = []string{"/home/kim/me.jpg"}
	h.node.picture = painted(t, red)
	test.Tap(h.sidebar.face)
	h.settled()
	if !slices.Equal(h.node.pictures, h.picked) || h.asks[0].several || h.asks[0].folder || !slices.Contains(h.asks[0].endings, ".jpg") {
		t.Errorf("the node was given %q, and asked for was %+v", h.node.pictures, h.asks)
	}
	if got := h.middleOf(h.sidebar.face); !seenAs(got, red) {
		t.Errorf("this device is shown as %v", got)
	}
	h.openSettings(sectionDevice)
	test.Tap(find[*button](h, "Choose picture…"))
	h.settled()
	photo := files(t, "me.png")[0]
	h.dropOn(h.setting.face, photo)
	h.drop(fyne.NewPos(5, 5), photo) // beside it
	h.dropOn(h.setting.face, files(t, "a.png", "b.png")...)
	if want := []string{"/home/kim/me.jpg", "/home/kim/me.jpg", photo}; !slices.Equal(h.node.pictures, want) {
		t.Errorf("the node was given %q", h.node.pictures)
	}
	h.node.picture = nil
	test.Tap(find[*button](h, "Remove"))
	h.settled()
	if last := h.node.pictures[len(h.node.pictures)-1]; last != "" || h.sidebar.face.face.face.Visible() || h.setting.face.face.Visible() {
		t.Errorf("it was given %q, and a picture is shown", last)
	}
}

// TestADropOnTheSidebarIsNoPicture: a photo that was on its way to somebody must not be shown to all.
func TestADropOnTheSidebarIsNoPicture(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.dropOn(h.sidebar.face, files(t, "beach.jpg")...)
	if len(h.node.pictures) != 0 || h.asking == nil {
		t.Errorf("the node was given %q", h.node.pictures)
	}
}

// TestWhatIsNoPictureIsSaid, and what to do.
func TestWhatIsNoPictureIsSaid(t *testing.T) {
	h := newHarness(t)
	for want, err := range map[string]error{
		"letter.txt cannot be used: it is not a JPEG, PNG, WebP or GIF picture": netcore.ErrPicture,
		"letter.txt is too large: choose a picture of at most 64 megapixels":    netcore.ErrPictureTooLarge,
		"letter.txt cannot be read":                       netcore.ErrUnread,
		"The picture stays as it was: it cannot be saved": netcore.ErrUnwritten,
	} {
		h.node.refuse = &netcore.Error{Op: "set picture", Err: err}
		h.setPicture(filepath.Join(t.TempDir(), "letter.txt"))
		h.settled()
		if got := h.toasts.words.words(); got != want {
			t.Errorf("%v: says %q", err, got)
		}
	}
}

// TestAPictureDelaysNoAnswer: it comes onto an offer that is open, and one that waits, and holds up nobody who is about to answer.
func TestAPictureDelaysNoAnswer(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	first := h.offer(t.Context(), offerFrom(anna, "letter.docx"))
	card := h.asked()
	h.offer(t.Context(), offerFrom(anna, "more.docx"))
	h.until("another offer", func() bool { return len(h.offers.waiting) == 2 })
	h.pass(settle)
	p := anna
	for _, c := range []color.RGBA{red, blue} {
		p.Picture = painted(t, c)
		h.meet(p)
		for _, face := range []*avatar{card.face, h.offers.waiting[1].line.face} {
			if got := h.middleOf(face); !seenAs(got, c) {
				t.Errorf("%v is shown as %v", c, got)
			}
		}
		if !card.ready {
			t.Error("the card takes no answer")
		}
	}
	test.Tap(card.accept)
	if !h.answered(first).Accept {
		t.Error("the answer was no")
	}
}
