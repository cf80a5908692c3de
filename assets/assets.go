// Package assets holds what is built into the window besides code: its icon,
// its translations, and a font for Chinese, Japanese and Korean where the
// system has none.
package assets

import "embed"

// Icon is the program's icon, 512 x 512, as PNG.
//
//go:embed icon.png
var Icon []byte

// Translations holds translations/<language>.json for each language, and what that
// leaves to translations/<part>.<language>.json. No key is in two of them.
//
//go:embed translations/*.json
var Translations embed.FS

// FallbackFont is Droid Sans Fallback, a TrueType font with the characters of
// Chinese, Japanese and Korean and no Latin letters. Its licence, Apache 2.0, lies beside
// it in fonts/LICENSE.txt.
//
//go:embed fonts/DroidSansFallbackFull.ttf
var FallbackFont []byte
