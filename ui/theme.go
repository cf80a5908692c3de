package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// The colours that Ferry has beside those of Fyne.
const (
	colorSidebar fyne.ThemeColorName = "ferrySidebar"
	colorCard    fyne.ThemeColorName = "ferryCard"
	colorStroke  fyne.ThemeColorName = "ferryStroke"
	colorMuted   fyne.ThemeColorName = "ferryMuted"
	colorTrack   fyne.ThemeColorName = "ferryTrack"
	colorGood    fyne.ThemeColorName = "ferryGood"
	colorMixed   fyne.ThemeColorName = "ferryMixed"
	colorBad     fyne.ThemeColorName = "ferryBad"
	colorNotice  fyne.ThemeColorName = "ferryNotice"   // behind warnings
	colorToast   fyne.ThemeColorName = "ferryToast"    // behind what comes and goes
	colorOnToast fyne.ThemeColorName = "ferryOnToast"  // words there
	colorLink    fyne.ThemeColorName = "ferryToastAct" // what can be pressed there
	colorScrim   fyne.ThemeColorName = "ferryScrim"    // over the window, below a sheet
	colorOnFace  fyne.ThemeColorName = "ferryOnFace"   // letters in avatars
	colorShade   fyne.ThemeColorName = "ferryShade"    // one of several around a menu, each over the last
	colorVeil    fyne.ThemeColorName = "ferryVeil"     // over what matters less than what lies on it
	colorTarget  fyne.ThemeColorName = "ferryTarget"   // over what a drop would go to
)

// Distances and sizes, in device-independent pixels.
const (
	gap      = 7  // between things that belong together
	space    = 14 // between things that do not, and to the window's edge
	radius   = 9
	barSize  = 5
	iconSize = 18
)

type shades struct{ light, dark color.NRGBA }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func faint(v uint32, alpha uint8) color.NRGBA {
	c := hex(v)
	c.A = alpha
	return c
}

var accent = shades{hex(0x1769c4), hex(0x5aa9f0)}

// palette has what differs from Fyne's own theme.
var palette = map[fyne.ThemeColorName]shades{
	theme.ColorNameBackground:          {hex(0xffffff), hex(0x171a1f)},
	theme.ColorNameForeground:          {hex(0x1b2027), hex(0xe7ebf0)},
	theme.ColorNamePrimary:             accent,
	theme.ColorNameHyperlink:           accent,
	theme.ColorNameForegroundOnPrimary: {hex(0xffffff), hex(0x0b1a2a)},
	theme.ColorNameFocus:               {faint(0x1769c4, 0xb4), faint(0x5aa9f0, 0xb4)},
	theme.ColorNameSelection:           {faint(0x1769c4, 0x30), faint(0x5aa9f0, 0x38)},
	theme.ColorNameHover:               {faint(0x1b2027, 0x0e), faint(0xe7ebf0, 0x14)},
	theme.ColorNamePressed:             {faint(0x1b2027, 0x20), faint(0xe7ebf0, 0x28)},
	theme.ColorNameSeparator:           {hex(0xe1e5ea), hex(0x2c323a)},
	theme.ColorNameInputBackground:     {hex(0xf3f5f7), hex(0x2a3038)},
	theme.ColorNameInputBorder:         {hex(0xd5dae1), hex(0x3a424d)},
	theme.ColorNameOverlayBackground:   {hex(0xffffff), hex(0x1f242a)},
	theme.ColorNameMenuBackground:      {hex(0xffffff), hex(0x22272e)},
	theme.ColorNameButton:              {hex(0xf0f2f5), hex(0x2a3038)},
	theme.ColorNameScrollBar:           {faint(0x1b2027, 0x50), faint(0xe7ebf0, 0x50)},
	theme.ColorNameShadow:              {faint(0x000000, 0x14), faint(0x000000, 0x40)},
	theme.ColorNameDisabled:            {hex(0xa3acb8), hex(0x5d6773)},
	colorSidebar:                       {hex(0xf5f6f8), hex(0x1c2026)},
	colorCard:                          {hex(0xffffff), hex(0x242a31)},
	colorStroke:                        {hex(0xdde2e8), hex(0x363e48)},
	colorMuted:                         {hex(0x5d6978), hex(0x9aa5b3)},
	colorTrack:                         {hex(0xe4e8ed), hex(0x333b45)},
	colorGood:                          {hex(0x1b7f46), hex(0x52c98d)},
	colorMixed:                         {hex(0x94600a), hex(0xe8b85a)},
	colorBad:                           {hex(0xbf352b), hex(0xf47f75)},
	colorNotice:                        {hex(0xfdf2d6), hex(0x3a3218)},
	colorToast:                         {hex(0x262d36), hex(0x3a434e)},
	colorOnToast:                       {hex(0xf4f6f8), hex(0xf4f6f8)},
	colorLink:                          {hex(0x8cc6fb), hex(0x8cc6fb)},
	colorScrim:                         {faint(0x10151b, 0x66), faint(0x000000, 0x8c)},
	colorOnFace:                        {hex(0xffffff), hex(0xffffff)},
	colorShade:                         {faint(0x10151b, 0x09), faint(0x000000, 0x24)},
	colorVeil:                          {faint(0xffffff, 0xb8), faint(0x171a1f, 0xb8)},
	colorTarget:                        {faint(0x1769c4, 0x29), faint(0x5aa9f0, 0x29)},
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            13,
	theme.SizeNameCaptionText:     11,
	theme.SizeNameSubHeadingText:  15,
	theme.SizeNamePadding:         gap,
	theme.SizeNameInputRadius:     radius,
	theme.SizeNameSelectionRadius: radius,
	theme.SizeNameScrollBar:       10,
}

// look is Ferry's theme, in light and in dark.
type look struct {
	fyne.Theme
	fallback fyne.Resource // a font for what Fyne's has not; nil where the system has one
	chosen   netcore.Theme // empty: as the desktop is
}

// NewTheme returns Ferry's theme. It looks at the system's fonts, which takes
// a moment the first time.
func NewTheme() fyne.Theme {
	return &look{Theme: theme.DefaultTheme(), fallback: fallbackFont()}
}

// wearTheme dresses the window in the theme that was chosen.
func (w *Window) wearTheme() {
	now, ok := w.app.Settings().Theme().(*look)
	if !ok || now.chosen == w.settings.now.Theme {
		return
	}
	next := *now
	next.chosen = w.settings.now.Theme
	w.app.Settings().SetTheme(&next)
}

func (l *look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch l.chosen {
	case netcore.ThemeLight:
		variant = theme.VariantLight
	case netcore.ThemeDark:
		variant = theme.VariantDark
	}
	s, ok := palette[name]
	switch {
	case !ok:
		return l.Theme.Color(name, variant)
	case variant == theme.VariantLight:
		return s.light
	}
	return s.dark
}

// legible is the theme of now for text that cannot be changed but is there to be read.
type legible struct{}

var _ fyne.Theme = legible{}

func (legible) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameDisabled {
		name = colorMuted
	}
	return fyne.CurrentApp().Settings().Theme().Color(name, variant)
}

func (legible) Font(style fyne.TextStyle) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(style)
}

func (legible) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Icon(name)
}

func (legible) Size(name fyne.ThemeSizeName) float32 {
	return fyne.CurrentApp().Settings().Theme().Size(name)
}

func (l *look) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return l.Theme.Size(name)
}

// Font returns the fallback where there is one: it has no Latin letters, and
// for what a theme's font lacks, Fyne takes its own font of that style.
func (l *look) Font(style fyne.TextStyle) fyne.Resource {
	if l.fallback != nil && !style.Monospace && !style.Symbol {
		return l.fallback
	}
	return l.Theme.Font(style)
}
