package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// corners is an image of four colours: red and green above, blue and white below.
func corners(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetRGBA(x, y, [2][2]color.RGBA{{red, green}, {blue, white}}[2*y/height][2*x/width])
		}
	}
	return m
}

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
	white = color.RGBA{R: 255, G: 255, B: 255, A: 255}
)

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seen are the colours in the corners of a picture, from left to right and from above.
func seen(t *testing.T, p *Picture) (all [4]color.RGBA) {
	t.Helper()
	m, err := p.Image()
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, Side, Side) || len(p.JPEG()) > MaxBytes {
		t.Fatalf("%v, %d bytes", m.Bounds(), len(p.JPEG()))
	}
	const near, far = Side / 4, Side * 3 / 4
	for i, at := range []image.Point{{near, near}, {far, near}, {near, far}, {far, far}} {
		r, g, b, _ := m.At(at.X, at.Y).RGBA()
		all[i] = color.RGBA{R: clear(r), G: clear(g), B: clear(b), A: 255}
	}
	return all
}

// clear rounds a colour to full or none.
func clear(v uint32) uint8 {
	if v > 0x7fff {
		return 255
	}
	return 0
}

// exif is the segment of a JPEG that says how the camera was held, and where it was.
func exif(order binary.AppendByteOrder, turn uint16) []byte {
	tiff := []byte("II*\x00")
	if order == binary.BigEndian {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x010f, 7}, {0x0112, turn}} { // the first one is who made the camera
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	body := append([]byte("Exif\x00\x00"), append(tiff, "GPS 47.3769 N 8.5417 E"...)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(segment, body...)
}

// with puts a segment behind the first two bytes of a JPEG.
func with(segment, jpeg []byte) []byte {
	return append(append(bytes.Clone(jpeg[:2]), segment...), jpeg[2:]...)
}

// TestMake takes files of all kinds: what is in the middle is to be seen, the right way up.
func TestMake(t *testing.T) {
	wide := image.NewRGBA(image.Rect(0, 0, 300, 100)) // corners in the middle
	for y := range 100 {
		for x := range 100 {
			wide.Set(100+x, y, corners(100, 100).At(x, y))
		}
	}
	var animated bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 40, 40), color.Palette{red, green, blue, white})
	for y := range 40 {
		for x := range 40 {
			frame.Set(x, y, corners(40, 40).At(x, y))
		}
	}
	other := image.NewPaletted(frame.Rect, color.Palette{blue})
	if err := gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{frame, other}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	web, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==") // one pixel, transparent
	if err != nil {
		t.Fatal(err)
	}
	upright := [4]color.RGBA{red, green, blue, white}
	photo := jpegOf(t, corners(200, 200))
	for name, tt := range map[string]struct {
		file []byte
		want [4]color.RGBA
	}{
		"JPEG":             {photo, upright},
		"PNG":              {pngOf(t, corners(640, 640)), upright},
		"GIF":              {animated.Bytes(), upright},
		"WebP":             {web, [4]color.RGBA{white, white, white, white}},
		"tiny":             {pngOf(t, corners(2, 2)), upright},
		"one pixel":        {pngOf(t, corners(1, 1)), [4]color.RGBA{red, red, red, red}},
		"wide":             {pngOf(t, wide), upright},
		"transparent":      {pngOf(t, image.NewNRGBA(image.Rect(0, 0, 50, 50))), [4]color.RGBA{white, white, white, white}},
		"as it is":         {with(exif(binary.LittleEndian, 1), photo), upright},
		"mirrored":         {with(exif(binary.LittleEndian, 2), photo), [4]color.RGBA{green, red, white, blue}},
		"upside down":      {with(exif(binary.BigEndian, 3), photo), [4]color.RGBA{white, blue, green, red}},
		"flipped":          {with(exif(binary.BigEndian, 4), photo), [4]color.RGBA{blue, white, red, green}},
		"across":           {with(exif(binary.LittleEndian, 5), photo), [4]color.RGBA{red, blue, green, white}},
		"on its left":      {with(exif(binary.BigEndian, 6), photo), [4]color.RGBA{blue, red, white, green}},
		"across, mirrored": {with(exif(binary.LittleEndian, 7), photo), [4]color.RGBA{white, green, blue, red}},
		"on its right":     {with(exif(binary.BigEndian, 8), photo), [4]color.RGBA{green, white, red, blue}},
		"nonsense":         {with(exif(binary.BigEndian, 9), photo), upright},
		"cut exif":         {with([]byte{0xff, 0xe1, 0, 12, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*'}, photo), upright},
	} {
		p, err := Make(bytes.NewReader(tt.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := seen(t, p); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestNothingButPixels: what a photo says beside what is to be seen is not in the picture.
func TestNothingButPixels(t *testing.T) {
	photo := with(exif(binary.LittleEndian, 1), jpegOf(t, corners(200, 200)))
	p, err := Make(bytes.NewReader(photo))
	if err != nil {
		t.Fatal(err)
	}
	heard, err := Read(with(exif(binary.LittleEndian, 1), p.JPEG()))
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*Picture{"made": p, "read": heard} {
		if bytes.Contains(p.JPEG(), []byte("GPS")) || bytes.Contains(p.JPEG(), []byte("Exif")) {
			t.Errorf("the picture that was %s says where it was taken", name)
		}
	}
}

// noise cannot be compressed.
func noise() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 500, 500))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	return m
}

func TestNoiseFits(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, Side, Side))
	copy(m.Pix, noise().Pix)
	p, err := Make(bytes.NewReader(pngOf(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	seen(t, p)
	if again, err := Read(p.JPEG()); err != nil || again == nil {
		t.Errorf("another device does not take it: %v", err)
	}
}

// bomb is a JPEG that says that it is larger than it is.
func bomb(t testing.TB, width, height uint16) []byte {
	t.Helper()
	b := jpegOf(t, corners(16, 16))
	i := bytes.Index(b, []byte{0xff, 0xc0}) // start of frame: length, precision, height, width
	binary.BigEndian.PutUint16(b[i+5:], height)
	binary.BigEndian.PutUint16(b[i+7:], width)
	return b
}

// slow is a JPEG of a few bytes for each of many scans over the whole picture. refined: progressive, and each scan looks at each pixel again.
func slow(refined bool) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	frame, first, end := byte(0xc0), byte(0), byte(0)
	if refined {
		frame, first, end = 0xc2, 1, 0xe0
	}
	b = append(b, 0xff, frame, 0, 11, 8, 1, 0, 1, 0, 1, 1, 0x11, 0)
	for class, symbol := range map[byte]byte{0: 0, 0x10: end} { // one code, of one bit: nothing, and "all blocks to the last end here"
		b = append(b, 0xff, 0xc4, 0, 20, class, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, symbol)
	}
	for len(b) < MaxBytes-300 {
		if refined {
			b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, first, 0x7f, 0xfe)
			first = 0x10
		} else {
			b = append(b, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0)
			b = append(b, make([]byte, 256)...)
		}
	}
	return append(b, 0xff, 0xd9)
}

// hostile are what another device must not get anybody to show.
func hostile(t testing.TB) map[string][]byte {
	t.Helper()
	cmyk := jpegOf(t, corners(64, 64))
	return map[string][]byte{
		"garbage":       []byte("GET / HTTP/1.1\r\n\r\n"),
		"another type":  pngOf(t, corners(128, 128)),
		"cut off":       jpegOf(t, corners(128, 128))[:300],
		"a bomb":        bomb(t, 65535, 65535),
		"wide":          bomb(t, 256, 16),
		"too large":     bomb(t, 257, 257),
		"too small":     jpegOf(t, corners(8, 8)),
		"too many":      append(cmyk, make([]byte, MaxBytes)...),
		"two bytes":     {0xff, 0xd8},
		"progressive":   slow(true),
		"many scans":    slow(false),
		"nothing in it": {0xff, 0xd8, 0xff, 0xd9},
	}
}

func TestHostile(t *testing.T) {
	for name, body := range hostile(t) {
		if p, err := Read(body); !errors.Is(err, ErrFormat) || p != nil {
			t.Errorf("%s: %v, %v", name, p, err)
		}
		if len(body) > MaxBytes {
			continue
		}
		if _, err := Kept(body).Image(); !errors.Is(err, ErrFormat) {
			t.Errorf("%s, on the disk: %v", name, err)
		}
	}
	if p, err := Read(nil); p != nil || err != nil {
		t.Errorf("no picture is %v, %v", p, err)
	}
	if Kept(make([]byte, MaxBytes+1)) != nil || Kept(nil) != nil {
		t.Error("the disk may keep anything")
	}
}

// TestABombCostsNothing: what it says of its size is not believed.
func TestABombCostsNothing(t *testing.T) {
	body := bomb(t, 65535, 65535)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Read(body); err == nil {
		t.Fatal("taken")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 256<<10 {
		t.Errorf("to refuse it takes %d bytes", took)
	}
}

// TestRefused are files that a person picks by mistake.
func TestRefused(t *testing.T) {
	if _, err := Make(bytes.NewReader([]byte("%PDF-1.7"))); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if _, err := Make(bytes.NewReader(bomb(t, 65535, 65535))); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := Make(io.LimitReader(endless{}, maxFile+1)); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := Make(bytes.NewReader(pngOf(t, noise())[:10_000])); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// FuzzRead: whatever another device says, it is a picture like all others, or none.
func FuzzRead(f *testing.F) {
	for _, body := range hostile(f) {
		f.Add(body)
	}
	f.Add(jpegOf(f, corners(128, 128)))
	f.Add(jpegOf(f, image.NewGray(image.Rect(0, 0, 16, 16))))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Read(body)
		if err != nil || len(body) == 0 {
			return
		}
		seen(t, p)
		if again, err := Read(p.JPEG()); err != nil || again == nil {
			t.Errorf("what was read is not read again: %v", err)
		}
	})
}

// FuzzOrientation: whatever a photo says of itself, it is turned in one of eight ways.
func FuzzOrientation(f *testing.F) {
	f.Add(with(exif(binary.BigEndian, 6), []byte{0xff, 0xd8, 0xff, 0xd9}))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		if turn := orientation(data); turn < 1 || turn > 8 {
			t.Errorf("turned by %d", turn)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	m := image.NewRGBA(image.Rect(0, 0, Side, Side))
	copy(m.Pix, noise().Pix)
	p, err := encode(m)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Read(p.JPEG()); err != nil {
			b.Fatal(err)
		}
	}
}
