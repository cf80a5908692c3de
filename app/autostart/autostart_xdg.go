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

// Set has the session start the program from the next time on, or not.
func (e Entry) Set(on bool) error {
	path, err := e.path()
	if err != nil {
		return err
	}
	if !on {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(e.desktop()), 0o600)
}

func (e Entry) desktop() string {
	command := quoted(e.Program)
	for _, arg := range e.Args {
		command += " " + quoted(arg)
	}
	return fmt.Sprintf("[Desktop Entry]\nType=Application\nName=%s\nExec=%s\nIcon=%s\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
		e.Name, command, e.ID)
}

// quoted writes an argument as the Desktop Entry Specification has it: in quotes, with four characters escaped
// there, all backslashes once more for the string that the value is, and no field codes.
func quoted(arg string) string {
	arg = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(arg)
	arg = strings.ReplaceAll(arg, `\`, `\\`)
	return `"` + strings.ReplaceAll(arg, "%", "%%") + `"`
}
