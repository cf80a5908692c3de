// Package firewall knows how the firewall of this computer is told to let
// Ferry through. It asks nothing and changes nothing: it says what a person can type.
package firewall

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// finding is the port of multicast DNS, by which devices find each other.
const finding = 5353

// Command returns the command that lets others in to a TCP port and to multicast
// DNS, for the firewall whose tool is on this computer. It is empty where there is none that
// this package knows. It looks at the disk.
func Command(port uint16) string { return command(runtime.GOOS, port, installed) }

// command is Command for a system, and the tools that has reports.
func command(system string, port uint16, has func(tool string) bool) string {
	switch {
	case system == "windows":
		return fmt.Sprintf("netsh advfirewall firewall add rule name=Ferry dir=in action=allow protocol=TCP localport=%d & "+
			"netsh advfirewall firewall add rule name=Ferry dir=in action=allow protocol=UDP localport=%d", port, finding)
	case system != "linux":
		return ""
	case has("firewall-cmd"):
		return fmt.Sprintf("sudo firewall-cmd --permanent --add-port=%d/tcp --add-service=mdns && sudo firewall-cmd --reload", port)
	case has("ufw"):
		return fmt.Sprintf("sudo ufw allow %d/tcp && sudo ufw allow %d/udp", port, finding)
	}
	return ""
}

// sbin are where such tools are. They are not in the PATH of everybody.
var sbin = []string{"/usr/sbin", "/usr/bin", "/sbin", "/usr/local/sbin"}

func installed(tool string) bool {
	for _, dir := range sbin {
		info, err := os.Stat(filepath.Join(dir, tool))
		if err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
