package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// A composed widget says what is inside it.
type composed interface{ inside() []fyne.CanvasObject }

// spoken collects the words that an object says, in reading order.
func spoken(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	var words string
	switch o := o.(type) {
	case *fyne.Container:
		var all []string
		for _, child := range o.Objects {
			all = append(all, spoken(child)...)
		}
		return all
	case *container.Scroll:
		return spoken(o.Content)
	case composed:
		var all []string
		for _, part := range o.inside() {
			all = append(all, spoken(part)...)
		}
		return all
	case *canvas.Text:
		words = strings.TrimPrefix(o.Text, leader)
	case *label:
		words = o.words()
	case *paragraph:
		words = o.words
	case *button:
		words = o.words()
	case *card:
		words = o.name.words()
	case *option:
		return append(spoken(o.name), spoken(o.text)...)
	case *choice:
		words = o.words()
	case *toggle:
		if words = o.name.words(); o.text != nil {
			return []string{words, o.text.words}
		}
	case *row:
		words = o.words()
	}
	if words == "" {
		return nil
	}
	return []string{words}
}
