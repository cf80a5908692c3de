package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// The code is read aloud across a table: its digits and pictures are large.
const (
	codeSize    = 44
	pictureSize = 40
)

// newCodeView is a code as two people compare it, and what to do with it.
func newCodeView(p netcore.Peer, code netcore.Code) fyne.CanvasObject {
	digits := canvas.NewText(leader+spacedDigits(code.Digits), theme.Color(theme.ColorNameForeground))
	digits.TextSize, digits.TextStyle.Bold, digits.Alignment = codeSize, true, fyne.TextAlignCenter
	row := container.NewGridWithColumns(len(code.Pictures))
	for _, picture := range code.Pictures {
		row.Add(newPicture(picture))
	}
	title := newTitle(say(phrase{key: keyVerifyCode, args: args{"Peer": p.Name}}))
	hint := newParagraph(say(phrase{key: keyVerifyCodeText, args: args{"Peer": p.Name}}), theme.SizeNameText, colorMuted)
	box := container.NewStack(newSurface(theme.ColorNameInputBackground, "", radius),
		padded(container.NewVBox(digits, row), space, gap))
	return container.NewVBox(title, padded(box, 0, gap), hint)
}

// spacedDigits are the six digits in two halves: "482 913".
func spacedDigits(digits string) string {
	half := len(digits) / 2
	return digits[:half] + " " + digits[half:]
}

// newPicture is a picture with its name below.
func newPicture(p netcore.CodePicture) fyne.CanvasObject {
	emoji := canvas.NewText(p.Emoji, color.Black) // it has colours of its own
	emoji.TextSize, emoji.Alignment = pictureSize, fyne.TextAlignCenter
	name := newText(pictureName(p.Name))
	name.text.Alignment = fyne.TextAlignCenter
	height := pictureSize * float32(1.4)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, height+name.height()) },
		place: func(s fyne.Size) {
			const aside = pictureSize / 12 // it is drawn to the left of its middle
			put(emoji, aside, 0, s.Width, height)
			put(name, 0, height, s.Width, name.height())
		},
	}, emoji, name)
}

// pictureName is what a picture shows, in the language that is spoken.
func pictureName(name string) string {
	k := key("picture." + strings.ReplaceAll(name, " ", "."))
	for _, known := range pictureKeys {
		if k == known {
			return say(phrase{key: k})
		}
	}
	return display(name)
}
