//go:build unix && !darwin

package autostart

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func (e Entry) path() (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(config, "autostart", e.ID+".desktop"), nil
}

// On reports whether the session starts the program. Desktops that turn an entry off leave it there, with a mark.
func (e Entry) On() (bool, error) {
	path, err := e.path()
	if err != nil {
		return false, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		key, value = strings.TrimSpace(key), strings.ToLower(strings.TrimSpace(value))
		if key == "Hidden" && value == "true" || key == "X-GNOME-Autostart-enabled" && value == "false" {
			return false, nil
		}
	}
	return true, lines.Err()
}

// content is the desktop entry.
func (e Entry) content() ([]byte, error) {
	command := quoted(e.Program)
	for _, arg := range e.Args {
		command += " " + quoted(arg)
	}
	return fmt.Appendf(nil, "[Desktop Entry]\nType=Application\nName=%s\nExec=%s\nIcon=%s\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
		e.Name, command, e.ID), nil
}

// quoted writes an argument as the Desktop Entry Specification has it: in quotes, with four characters escaped
// there, all backslashes once more for the string that the value is, and no field codes.
func quoted(arg string) string {
	arg = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg)
	arg = strings.ReplaceAll(arg, `\`, `\\`)
	return `"` + strings.ReplaceAll(arg, "%", "%%") + `"`
}
