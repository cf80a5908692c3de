package netcoretest

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/picture"
)

// Picture is what a device looks like that shows m.
func Picture(t testing.TB, m image.Image) *netcore.Picture {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	p, err := picture.Make(&b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
