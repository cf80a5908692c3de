package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keyOverview     key = "files.overview"
	keyFileList     key = "files.title"
	keyFileSearch   key = "files.search"
	keyFilesMissing key = "files.missing"
	keyFilesReading key = "files.reading"
	keyFilesNone    key = "files.none"
	keyFilesAllHere key = "files.none.missing"
	keyFilesLater   key = "files.later"
	keyFilesGone    key = "files.gone"

	keyFileWaiting   key = "files.waiting"
	keyFilePart      key = "files.part"
	keyFileMoving    key = "files.moving"
	keyFileSent      key = "files.sent"
	keyFileArrived   key = "files.arrived"
	keyFileArrivedAs key = "files.arrived.as"
	keyFileThere     key = "files.there"
	keyFileOut       key = "files.out"
	keyFileOutHere   key = "files.out.here"
	keyFileLost      key = "files.lost"
	keyFileLostHere  key = "files.lost.here"
)

// fileWords say what has become of a file of a transfer; renamed is what it is called here, if that is another name.
func fileWords(t netcore.Transfer, f netcore.FileInfo, renamed string) phrase {
	here := t.Direction == netcore.Incoming
	percent := args{"Percent": count(100 * f.Done / max(f.Size, 1))}
	switch f.State {
	case netcore.FileMoving:
		return phrase{key: keyFileMoving, args: percent}
	case netcore.FileSent:
		return phrase{key: keyFileSent}
	case netcore.FileArrived:
		if renamed != "" {
			return phrase{key: keyFileArrivedAs, args: args{"Local": renamed}}
		}
		return phrase{key: keyFileArrived}
	case netcore.FileThere:
		return phrase{key: keyFileThere}
	case netcore.FileFailed:
		return why(t, f.Err, f.Remote)
	case netcore.FileLeftOut:
		if here {
			return phrase{key: keyFileOutHere}
		}
		return phrase{key: keyFileOut, args: args{"Peer": t.Peer.Name}}
	case netcore.FileMissing:
		if here {
			return phrase{key: keyFileLostHere}
		}
		return phrase{key: keyFileLost}
	}
	if f.Done > 0 {
		return phrase{key: keyFilePart, args: percent}
	}
	return phrase{key: keyFileWaiting}
}

// fileSign is a picture and a colour of what has become of a file.
func fileSign(t netcore.Transfer, s netcore.FileState) (fyne.Resource, fyne.ThemeColorName) {
	switch s {
	case netcore.FileMoving:
		if t.Direction == netcore.Incoming {
			return theme.MoveDownIcon(), theme.ColorNamePrimary
		}
		return theme.MoveUpIcon(), theme.ColorNamePrimary
	case netcore.FileSent, netcore.FileArrived:
		return theme.ConfirmIcon(), colorGood
	case netcore.FileThere:
		return theme.ConfirmIcon(), colorMuted
	case netcore.FileFailed, netcore.FileMissing:
		return theme.CancelIcon(), colorBad
	case netcore.FileLeftOut:
		return theme.ContentRemoveIcon(), colorMuted
	}
	return theme.FileIcon(), colorMuted
}
