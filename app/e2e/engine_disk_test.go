//go:build linux

package e2e

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// What is wrong with a file of a failing disk.
const (
	brokenSize = 6 * megabyte
	badSpot    = 4 * megabyte // from here on nothing can be read
)

// TestEngineReadError: a part of Anna's disk cannot be read. Both ends list the
// file, and all else arrives.
func TestEngineReadError(t *testing.T) {
	e := prepare(t, 2*megabyte)
	broken := writeFile(t, filepath.Join(e.goods, "broken.bin"), 0)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	e.anna.wrap = []string{"unshare", "--mount", "env", brokenEnv + "=" + broken, self}
	e.begin()
	e.finishWithout("broken.bin", "unreadable")
}

// brokenEnv makes the test binary run a command for which the file of that name
// lies on a failing disk. Nobody else sees that: it is in a mount namespace of its own.
const brokenEnv = "E2E_BROKEN"

func init() {
	path := os.Getenv(brokenEnv)
	if path == "" {
		return
	}
	if err := runWithBroken(path, os.Args[1:]); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "broken disk:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// runWithBroken mounts a file system that is one regular file in the place of
// path, and runs command.
func runWithBroken(path string, command []string) error {
	fd, err := unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/dev/fuse: %w", err)
	}
	options := fmt.Sprintf("fd=%d,rootmode=100644,user_id=%d,group_id=%d", fd, os.Geteuid(), os.Getegid())
	if err := unix.Mount("broken", path, "fuse", 0, options); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	go func() {
		if err := serveBroken(fd); err != nil {
			fmt.Fprintln(os.Stderr, "broken disk:", err)
		}
	}()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd.Run()
}

// The requests of linux/fuse.h that a file which is only read gets.
const (
	fuseForget    = 2
	fuseGetattr   = 3
	fuseOpen      = 14
	fuseRead      = 15
	fuseRelease   = 18
	fuseFlush     = 25
	fuseInit      = 26
	fuseInterrupt = 36
)

// fuseRequest is struct fuse_in_header.
type fuseRequest struct {
	Length, Opcode  uint32
	Unique, Node    uint64
	UID, GID, PID   uint32
	Extension, None uint16
}

// fuseReadIn is the beginning of struct fuse_read_in.
type fuseReadIn struct {
	Handle, Offset uint64
	Size           uint32
}

// fuseAttrOut is struct fuse_attr_out.
type fuseAttrOut struct {
	Valid                       uint64
	ValidNano, None             uint32
	Inode, Size, Blocks         uint64
	Accessed, Modified, Changed uint64
	Nanos                       [3]uint32
	Mode, Links, UID, GID       uint32
	Device, BlockSize, Flags    uint32
}

// fuseInitOut is struct fuse_init_out of version 7.31.
type fuseInitOut struct {
	Major, Minor, ReadAhead, Flags uint32
	Background, Congestion         uint16
	MaxWrite, TimeGranularity      uint32
	None                           [9]uint32
}

// serveBroken answers the kernel until the file system is gone.
func serveBroken(fd int) error {
	buf := make([]byte, 1<<20)
	for {
		n, err := unix.Read(fd, buf)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.ENOENT): // a request was withdrawn
			continue
		case errors.Is(err, unix.ENODEV):
			return nil
		case err != nil:
			return err
		}
		var request fuseRequest
		rest := bytes.NewReader(buf[:n])
		if err := binary.Read(rest, binary.NativeEndian, &request); err != nil {
			return err
		}
		if request.Opcode == fuseForget || request.Opcode == fuseInterrupt {
			continue // they want no answer
		}
		body, errno := answerBroken(request.Opcode, rest)
		if err := replyBroken(fd, request.Unique, body, errno); err != nil {
			return err
		}
	}
}

// answerBroken returns the body of an answer: a struct or bytes.
func answerBroken(opcode uint32, body *bytes.Reader) (any, syscall.Errno) {
	switch opcode {
	case fuseInit:
		return fuseInitOut{Major: 7, Minor: 31, ReadAhead: 128 << 10, MaxWrite: 128 << 10, TimeGranularity: 1}, 0
	case fuseGetattr:
		return fuseAttrOut{Valid: 3600, Inode: 1, Size: brokenSize, Blocks: brokenSize / 512, Modified: 1_500_000_000,
			Mode: syscall.S_IFREG | 0o644, Links: 1, UID: uint32(os.Geteuid()), GID: uint32(os.Getegid()), BlockSize: 4096}, 0
	case fuseOpen:
		return [2]uint64{}, 0
	case fuseRead:
		var in fuseReadIn
		if err := binary.Read(body, binary.NativeEndian, &in); err != nil || in.Offset+uint64(in.Size) > badSpot {
			return nil, syscall.EIO
		}
		return bytes.Repeat([]byte("readable"), int(in.Size/8)+1)[:in.Size], 0
	case fuseFlush, fuseRelease:
		return nil, 0
	}
	return nil, syscall.ENOSYS
}

func replyBroken(fd int, unique uint64, body any, errno syscall.Errno) error {
	var b bytes.Buffer
	if body != nil {
		if err := binary.Write(&b, binary.NativeEndian, body); err != nil {
			return err
		}
	}
	header := binary.NativeEndian.AppendUint32(nil, uint32(16+b.Len()))
	header = binary.NativeEndian.AppendUint32(header, uint32(-int32(errno)))
	header = binary.NativeEndian.AppendUint64(header, unique)
	if _, err := unix.Write(fd, append(header, b.Bytes()...)); !errors.Is(err, unix.ENOENT) { // withdrawn
		return err
	}
	return nil
}
