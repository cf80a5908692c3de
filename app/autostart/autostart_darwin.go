package autostart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

func (e Entry) path() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}

// On reports whether the session starts the program.
func (e Entry) On() (bool, error) {
	path, err := e.path()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// content is the agent, as launchd.plist(5) has it.
func (e Entry) content() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>`)
	err := xml.EscapeText(&b, []byte(e.ID))
	b.WriteString("</string>\n<key>ProgramArguments</key><array>\n")
	for _, arg := range append([]string{e.Program}, e.Args...) {
		b.WriteString("<string>")
		err = errors.Join(err, xml.EscapeText(&b, []byte(arg)))
		b.WriteString("</string>\n")
	}
	b.WriteString("</array>\n<key>RunAtLoad</key><true/>\n</dict></plist>\n")
	return b.Bytes(), err
}
