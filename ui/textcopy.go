package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"ferry/netcore"
)

const (
	keyCopyText    key = "text.copy"
	keyNotCopyText key = "text.copy.failed"
)

// mostCopied is how long a received text may be to be copied, in bytes.
const mostCopied = 64 << 10

var errNoText = errors.New("not a short text")

// mayBeText reports whether what came looks like a text that can be copied. What is in it nobody has read.
func mayBeText(t netcore.Transfer) bool {
	return t.Direction == netcore.Incoming && t.State == netcore.Done && len(t.Paths) == 1 && t.Folders == 0 &&
		t.DoneBytes <= mostCopied && strings.EqualFold(filepath.Ext(t.Paths[0]), ".txt")
}

// copyText puts a received text where it can be pasted from, and says so.
func (w *Window) copyText(path string) {
	w.background(func(context.Context) {
		text, err := readText(path)
		w.ui(func() {
			if err != nil {
				w.log.Info("copy a text", "error", err)
				w.toasts.show(phrase{key: keyNotCopyText}, nil)
				return
			}
			w.app.Clipboard().SetContent(text)
			w.toasts.show(phrase{key: keyCopied}, nil)
		})
	})
}

// readText reads a short text in UTF-8. It may have become anything since it came.
func readText(path string) (text string, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > mostCopied {
		return "", errNoText
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(f, mostCopied+1))
	if err = errors.Join(err, f.Close()); err == nil && (len(data) > mostCopied || !utf8.Valid(data)) {
		err = errNoText
	}
	return string(data), err
}
