package netcore

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ferry/netcore/internal/discovery"
)

// DefaultPort is the TCP port that a node listens on if it is free.
const DefaultPort = 7776

// DefaultHistory is how many of the transfers that have ended are remembered.
const DefaultHistory = 10_000

// A Config says how a node is to be. The zero value of every field but Dir and
// Handler is a sensible choice.
type Config struct {
	// Dir is the config folder. It is created with access for its owner only.
	Dir string
	// Name is what other people read. Empty means the host's name.
	Name string
	// Inbox is the folder that received files land in; created when first
	// needed. Empty means [DefaultInbox].
	Inbox string
	// Listen is "host:port", to listen on. Empty means every address and
	// Port, or another free port if that is taken. With a port given here
	// (port 0: any free one), a taken one is an error of New.
	Listen string
	// Port is the TCP port to listen on if Listen is empty; 0: DefaultPort. See [Node.SetPort].
	Port uint16
	// Hidden makes a node that listens nowhere and is announced to nobody, except that where a peer does not
	// answer, and Visibility allows, it lets that dial it back. It is listed nowhere. It
	// finds peers and can send to them. Several may share a Dir with a node that
	// is not hidden, at the same time.
	Hidden bool
	// Visibility is who can see this node from the start. See [Node.SetVisibility].
	Visibility Visibility
	// Interfaces are the names of the network interfaces to look for peers on.
	// Empty means all that are suitable.
	Interfaces []string
	// Limits bound the speed from the start. See [Node.SetLimits].
	Limits Limits
	// HistoryLimit is how many of the transfers that have ended are remembered over restarts, and HistoryDays for how
	// long; 0: DefaultHistory, and for good. See [Node.SetHistory].
	HistoryLimit, HistoryDays int
	// Handler is the front end. It must be set.
	Handler Handler
	// Log takes the node's log; nil discards it.
	Log *slog.Logger

	// silence is how long a peer may say nothing before it counts as gone.
	// Tests shorten it.
	silence time.Duration
	// compareTime is how long a comparison of codes may take; 0: verifyTime. Tests shorten it.
	compareTime time.Duration
	// now replaces the clock by which things get old. Tests have their own.
	now func() time.Time
	// sources replace multicast DNS. Tests have their own.
	sources []discovery.Source
}

// DefaultConfigDir returns the config folder of this user:
// os.UserConfigDir()/ferry.
func DefaultConfigDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "ferry"), nil
}

// DefaultInbox returns the folder that received files land in if nobody chose
// another: "Ferry" in this user's downloads.
func DefaultInbox() (string, error) {
	if dir := os.Getenv("XDG_DOWNLOAD_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "Ferry"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if dir, ok := xdgDownloads(home); ok {
		return filepath.Join(dir, "Ferry"), nil
	}
	return filepath.Join(home, "Downloads", "Ferry"), nil
}

// xdgDownloads reads the downloads folder out of user-dirs.dirs, as
// xdg-user-dirs writes it: XDG_DOWNLOAD_DIR="$HOME/Télécharger".
func xdgDownloads(home string) (string, bool) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", false
	}
	data, err := os.ReadFile(filepath.Join(config, "user-dirs.dirs"))
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(data)) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "XDG_DOWNLOAD_DIR=")
		if !ok {
			continue
		}
		dir := strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		return dir, filepath.IsAbs(dir)
	}
	return "", false
}
