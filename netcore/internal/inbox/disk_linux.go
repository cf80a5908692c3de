package inbox

import (
	"fmt"
	"math"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Filesystems of Linux that package unix has no name for.
const (
	ntfsMagic  = 0x5346544e
	ntfs3Magic = 0x7366746e
	zfsMagic   = 0x2fc12fc1
)

func inspect(dir *os.File) disk {
	defer runtime.KeepAlive(dir)
	d := disk{names: unixNames(255)}
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(dir.Fd()), &st); err != nil {
		return d
	}
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.BCACHEFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, zfsMagic:
		// Not FUSE and network filesystems, of which syncfs brings the data no
		// further than to another program.
		d.syncfs = syncfsTells()
	case unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC, ntfsMagic, ntfs3Magic,
		unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC:
		d.names = windowsNames
		d.renumbers = st.Type == unix.MSDOS_SUPER_MAGIC || st.Type == unix.EXFAT_SUPER_MAGIC
		return d
	}
	if 64 <= st.Namelen && st.Namelen < 255 { // 143 on an encrypted home
		d.names = unixNames(int(st.Namelen))
	}
	return d
}

// syncfsTells reports whether syncfs returns errors, which it does since Linux 5.8.
func syncfsTells() bool {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return false
	}
	var major, minor int
	if _, err := fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 5 || major == 5 && minor >= 8
}

// space returns how many bytes this user can write to the filesystem of dir, and
// its size.
func space(dir string) (free, size int64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, false
	}
	block := uint64(st.Frsize)
	if block == 0 {
		block = uint64(st.Bsize)
	}
	if block == 0 || max(st.Bavail, st.Blocks) > math.MaxInt64/block {
		return 0, 0, false
	}
	return int64(st.Bavail * block), int64(st.Blocks * block), true
}

func syncFilesystem(dir *os.File) error {
	defer runtime.KeepAlive(dir)
	return os.NewSyscallError("syncfs", unix.Syncfs(int(dir.Fd())))
}

func syncEach(files []*os.File) error {
	for _, f := range files {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// startWriteback is a hint: it makes the kernel begin to write, and does not wait.
func startWriteback(f *os.File, offset, n int64) {
	defer runtime.KeepAlive(f)
	_ = unix.SyncFileRange(int(f.Fd()), offset, n, unix.SYNC_FILE_RANGE_WRITE)
}
