//go:build !linux

package discovery

import (
	"net"
	"strings"
)

// wireless knows the names that Windows gives to Wi-Fi cards. Others do not tell without
// asking programs.
func (computer) wireless(ifi net.Interface) bool {
	name := strings.ToLower(ifi.Name)
	return strings.HasPrefix(name, "wi-fi") || strings.HasPrefix(name, "wlan") || strings.HasPrefix(name, "wireless")
}
