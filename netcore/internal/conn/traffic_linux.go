package conn

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// askKernel fills in what Linux knows of a TCP connection (tcp(7), TCP_INFO).
func (t *Traffic) askKernel(c net.Conn) {
	tcp, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	var info *unix.TCPInfo
	cerr := raw.Control(func(fd uintptr) {
		info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	})
	if cerr != nil || err != nil {
		return
	}
	t.Kernel = true
	t.Bytes = int64(info.Bytes_acked)
	t.Segments = int64(info.Data_segs_out)
	t.Retransmits = int64(info.Total_retrans)
	t.PeerBusy = time.Duration(info.Rwnd_limited) * time.Microsecond
}
