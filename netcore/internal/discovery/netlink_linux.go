package discovery

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// changes listens to the kernel (rtnetlink(7)). What it says is not read: that it
// speaks is reason enough to look, and a message that was lost does no harm.
func (computer) changes(ctx context.Context) <-chan struct{} {
	socket, err := openRoute()
	if err != nil {
		return nil
	}
	told := make(chan struct{}, 1)
	stop := context.AfterFunc(ctx, func() { socket.Close() })
	go func() {
		defer close(told)
		defer socket.Close()
		defer stop()
		buf := make([]byte, 64<<10)
		for {
			_, err := socket.Read(buf)
			// Without room for more, the kernel has dropped some: that is news too.
			if err != nil && !errors.Is(err, unix.ENOBUFS) {
				return
			}
			select {
			case told <- struct{}{}:
			default:
			}
		}
	}()
	return told
}

func openRoute() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "rtnetlink"), nil
}
