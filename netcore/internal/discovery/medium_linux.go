package discovery

import (
	"net"
	"os"
	"path/filepath"
)

// wireless looks for the folder that the kernel gives each card for Wi-Fi.
func (computer) wireless(ifi net.Interface) bool {
	_, err := os.Stat(filepath.Join("/sys/class/net", filepath.Base(ifi.Name), "wireless"))
	return err == nil
}
