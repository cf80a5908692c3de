//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// A peer is a program that can move files, with two ends.
type peer struct {
	name    string
	needs   []tool
	asRoot  bool // it cannot be had without
	prepare func(*stage) error
	port    int
	serve   func(*job) []string // the receiving end: a command line
	send    func(*job) []string
	daemon  bool // the receiving end serves until it is ended
	both    bool // the sending end may end before all has arrived
	silent  bool // nothing is written
	ferry   bool // it has no children, tells of offers, and syncs what it writes
	took    func(*job, []byte) (seconds float64, err error)
}

// A tool is a command and the Debian package that it is in.
type tool struct{ command, in string }

var rsync = tool{"rsync", "rsync"}

// ferryPeer is the ferry-cli exe. Its ends keep their identities for as long as the
// stage lives.
func ferryPeer(name, exe string, port int) peer {
	return peer{
		name: name, port: port, ferry: true,
		serve: func(j *job) []string {
			return []string{exe, "--json", "--config", filepath.Join(j.temp, name, "receiver"), "--name", "Receiver",
				"receive", "--accept", "all", "--count", "1", "--listen", j.address(port), "--dir", j.inbox}
		},
		send: func(j *job) []string {
			return []string{exe, "--config", filepath.Join(j.temp, name, "sender"), "--name", "Sender", "send", j.address(port), j.source}
		},
	}
}

var others = []peer{
	{
		name: daemon, needs: []tool{rsync}, port: 47002, daemon: true,
		prepare: writeRsyncConfig,
		serve: func(j *job) []string {
			return []string{"rsync", "--daemon", "--no-detach", "--config", j.rsyncConfig(),
				"--address", j.receiver.IP().String(), "--port", "47002"}
		},
		send: func(j *job) []string {
			return []string{"rsync", "-a", j.source, "rsync://" + j.address(47002) + "/all" + j.inbox + "/"}
		},
	},
	{
		name: ssh, port: 47003, daemon: true, asRoot: true,
		needs:   []tool{rsync, {"ssh", "openssh-client"}, {"ssh-keygen", "openssh-client"}, {"sshd", "openssh-server"}},
		prepare: writeSSHConfig,
		serve: func(j *job) []string {
			// sshd wants a folder of its own in /run.
			const script = `mount -t tmpfs run /run && mkdir -m 755 /run/sshd && exec "$0" -D -e -f "$1"`
			return []string{"unshare", "--mount", "sh", "-c", script, find("sshd"), j.sshConfig("sshd")}
		},
		send: func(j *job) []string {
			return []string{"rsync", "-a", "-e", "ssh -F " + j.sshConfig("ssh"), j.source, "receiver:" + j.inbox + "/"}
		},
	},
	{
		name: netcat, needs: []tool{{"nc", "netcat-openbsd"}}, port: 47004, both: true,
		serve: func(j *job) []string {
			return []string{"sh", "-c", `exec nc -l "$1" 47004 >"$2" </dev/null`, "sh",
				j.receiver.IP().String(), filepath.Join(j.inbox, filepath.Base(j.source))}
		},
		send: func(j *job) []string {
			return []string{"sh", "-c", `exec nc -N "$1" 47004 <"$2"`, "sh", j.receiver.IP().String(), j.source}
		},
	},
	{
		name: iperf, needs: []tool{{"iperf3", "iperf3"}}, port: 47005, silent: true,
		serve: func(*job) []string { return []string{"iperf3", "-s", "-1", "-p", "47005"} },
		send: func(j *job) []string {
			return []string{"iperf3", "-c", j.receiver.IP().String(), "-p", "47005", "-n", strconv.FormatInt(j.size, 10), "-J"}
		},
		took: iperfTook,
	},
}

// available returns the peers that can take part here, and says which cannot.
func available() []peer {
	var can []peer
	for _, p := range others {
		if why := p.lacks(); why != "" {
			fmt.Fprintf(os.Stderr, "bench: without %s: %s\n", p.name, why)
			continue
		}
		can = append(can, p)
	}
	return can
}

// lacks says what the peer needs and does not have; nothing if all is there.
func (p peer) lacks() string {
	if p.asRoot && os.Geteuid() != 0 {
		return "it needs root"
	}
	for _, t := range p.needs {
		if find(t.command) == "" {
			return "there is no " + t.command + "; try: apt install " + t.in
		}
	}
	return ""
}

// find returns the path of a command, also of one for administrators.
func find(command string) string {
	for _, name := range []string{command, "/usr/sbin/" + command} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (s *stage) address(port int) string {
	return net.JoinHostPort(s.receiver.IP().String(), strconv.Itoa(port))
}

func (s *stage) rsyncConfig() string          { return filepath.Join(s.temp, "rsyncd.conf") }
func (s *stage) sshConfig(name string) string { return filepath.Join(s.temp, name+"_config") }

func writeRsyncConfig(s *stage) error {
	config := fmt.Sprintf("use chroot = no\nreverse lookup = no\nlog file = %s/rsyncd.log\nlock file = %[1]s/rsyncd.lock\n", s.temp)
	if os.Geteuid() == 0 {
		config += "uid = 0\ngid = 0\n"
	}
	config += "[all]\npath = /\nread only = no\n"
	return os.WriteFile(s.rsyncConfig(), []byte(config), 0o600)
}

// writeSSHConfig makes keys for a computer and for who logs in, and lets ssh
// use them and nothing else.
func writeSSHConfig(s *stage) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	for _, key := range []string{"host", "user"} {
		cmd := exec.CommandContext(s.ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(s.temp, key))
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("ssh-keygen: %w: %s", err, out)
		}
	}
	server := fmt.Sprintf(`Port 47003
HostKey %s/host
AuthorizedKeysFile %[1]s/user.pub
PidFile none
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
UseDNS no
`, s.temp)
	client := fmt.Sprintf(`Host receiver
HostName %s
Port 47003
User %s
IdentityFile %s/user
IdentitiesOnly yes
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
Ciphers aes128-gcm@openssh.com
`, s.receiver.IP(), me.Username, s.temp)
	if err := os.WriteFile(s.sshConfig("sshd"), []byte(server), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.sshConfig("ssh"), []byte(client), 0o600)
}

// iperfTook reads iperf3's own result: how long as many bytes as the job has
// take.
func iperfTook(j *job, out []byte) (float64, error) {
	var result struct {
		End struct {
			Received struct{ Seconds, Bytes float64 } `json:"sum_received"`
		}
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return 0, err
	}
	r := result.End.Received
	if r.Bytes == 0 {
		return 0, fmt.Errorf("iperf3 received nothing: %s", out)
	}
	return r.Seconds * float64(j.size) / r.Bytes, nil
}
