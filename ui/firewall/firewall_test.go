package firewall

import (
	"slices"
	"testing"
)

func TestCommand(t *testing.T) {
	for _, test := range []struct {
		system string
		tools  []string
		want   string
	}{
		{"linux", []string{"ufw"}, "sudo ufw allow 7777/tcp && sudo ufw allow 5353/udp"},
		{"linux", []string{"ufw", "firewall-cmd"}, "sudo firewall-cmd --permanent --add-port=7777/tcp --add-service=mdns && sudo firewall-cmd --reload"},
		{"linux", nil, ""},
		{"darwin", []string{"ufw"}, ""},
		{"windows", nil, "netsh advfirewall firewall add rule name=Ferry dir=in action=allow protocol=TCP localport=7777 & " +
			"netsh advfirewall firewall add rule name=Ferry dir=in action=allow protocol=UDP localport=5353"},
	} {
		got := command(test.system, 7777, func(tool string) bool { return slices.Contains(test.tools, tool) })
		if got != test.want {
			t.Errorf("%s with %v: %q, want %q", test.system, test.tools, got, test.want)
		}
	}
}
