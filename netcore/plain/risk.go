package plain

import (
	"strings"
	"unicode"
)

// A Danger is what opening a file could do besides showing it, as far as its name tells.
type Danger uint8

// The dangers, the worst last.
const (
	None      Danger = iota // nothing that its name tells of; that proves nothing
	Macros                  // a document of a kind that carries programs of its own
	Script                  // text or a shortcut that is run when it is opened
	Program                 // it is run, or installs something, when it is opened
	Disguised               // one of these that looks like something else, or a name whose end is not where it seems
)

// Risk says what danger a file is. name may be a path, parts separated by slashes, or the end of one; exec is whether the sender's
// system may run it. It is conservative: what only a programmer would run counts, for people cannot tell.
func Risk(name string, exec bool) Danger {
	name = lastPart(name)
	if strings.ContainsAny(name, "\u202d\u202e") {
		return Disguised // no name of any language is written from the wrong side
	}
	end := kindOf(name)
	danger := end.danger
	if exec && end == (ending{}) {
		danger = Program
	}
	if danger != None && disguised(name) {
		return Disguised
	}
	return danger
}

// FolderRisk says what danger a folder is: a Mac takes some for a program, and opens what is in
// them by running it. name is as for Risk.
func FolderRisk(name string) Danger {
	name = lastPart(name)
	_, ext := cutExt(name)
	switch ext {
	case "app", "pkg", "mpkg", "workflow", "action", "prefpane", "scptd", "saver", "kext":
	default:
		return None
	}
	if disguised(name) {
		return Disguised
	}
	return Program
}

// lastPart returns what follows the last separator of any system, without the dots and spaces at
// its end that Windows does not see.
func lastPart(path string) string {
	path = strings.TrimRight(path, `/\`)
	path = path[strings.LastIndexAny(path, `/\`)+1:]
	return strings.TrimRightFunc(path, func(r rune) bool { return r == '.' || unseen(r) })
}

// unseen reports whether r looks like nothing.
func unseen(r rune) bool { return unicode.IsSpace(r) || hidden(r) }

// cutExt returns name without its extension, and that in lower case and without what cannot be
// seen; empty if it has none.
func cutExt(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, ""
	}
	visible := strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name[i+1:])
	return name[:i], visible
}

// disguised reports whether the name of something dangerous hides that: by another ending before its own, or by what
// cannot be seen or turns the text.
func disguised(name string) bool {
	stem, _ := cutExt(name)
	if kindOf(strings.TrimRightFunc(stem, unseen)).bait {
		return true
	}
	if strings.Contains(name, "    ") {
		return true
	}
	for i, r := range name {
		if hidden(r) && r != zwj && r != zwnj && !unicode.Is(unicode.Variation_Selector, r) ||
			unicode.Is(unicode.Zs, r) && r != ' ' && strings.TrimLeftFunc(name[i:], unseen) == name[len(stem):] {
			return true
		}
	}
	return false
}

// An ending is what is known of an extension. The zero ending is an unknown one.
type ending struct {
	danger Danger
	known  bool // it is no program, whatever the sender's system says
	bait   bool // people open these without a thought
}

func kindOf(name string) ending {
	_, ext := cutExt(name)
	return endings[ext]
}

var endings = tableOf(endingLists)

var endingLists = map[ending]string{
	{danger: Program}: `exe msi msix msixbundle appx appxbundle scr com pif cpl dll ocx sys drv msp mst msu xll gadget
		app dmg pkg mpkg deb rpm appimage flatpak flatpakref snap run elf jar jnlp apk xapk aab ipa xpi crx air application appref-ms`,
	{danger: Script}: `bat cmd ps1 ps1xml ps2 psc1 psc2 psm1 psd1 vb vbs vbe js jse mjs ws wsf wsc wsh hta sct shb shs msh mshxml
		sh bash zsh fish csh ksh command tool py pyw pyc pyz pyzw rb pl php lua tcl ahk applescript scpt scptd osascript workflow
		desktop url webloc website lnk inetloc fileloc reg inf scf chm hlp msc settingcontent-ms library-ms search-ms
		theme themepack diagcab rdp ade adp mde accde grp job mobileconfig terminal service`,
	{danger: Macros}: `docm dotm xlsm xltm xlam xlsb xla xlm pptm potm ppam ppsm ppa sldm mdb accdb accdr odb vsdm vstm vssm one`,
	{known: true, bait: true}: `pdf doc docx dot dotx xls xlsx xlt xltx ppt pptx pps ppsx odt ods odp odg rtf txt md csv tsv epub mobi
		pages numbers key jpg jpeg jpe jfif png gif bmp webp heic heif avif tif tiff svg ico raw dng cr2 nef arw psd ai eps
		mp3 m4a aac wav flac ogg opus wma mid mp4 m4v mov avi mkv webm wmv mpg mpeg 3gp
		zip rar 7z htm html xhtml eml msg ics vcf torrent`,
	{known: true}: `gz tgz bz2 tbz xz txz zst tar lz4 br iso img vhd vhdx qcow2 vmdk log json jsonl xml yml yaml toml ini conf cfg
		c h cc cpp hpp cs go rs java kt swift m mm ts tsx jsx css scss less sql tex bib diff patch mod sum lock srt sub ass vtt ttf otf woff woff2
		m3u pls cue nfo sig asc pem crt cer p12 pfx gpx kml geojson db sqlite sqlite3 dat bak part obj stl 3mf step dwg dxf blend fbx gltf glb`,
}

func tableOf(lists map[ending]string) map[string]ending {
	table := make(map[string]ending)
	for e, list := range lists {
		for ext := range strings.FieldsSeq(list) {
			table[ext] = e
		}
	}
	return table
}
