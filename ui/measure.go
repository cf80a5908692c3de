package ui

import (
	"context"
	"io/fs"
	"path/filepath"
)

// sizeOf counts the files in paths and their bytes, as far as they can be read, until ctx ends. It takes as long as
// the disk does.
func sizeOf(ctx context.Context, paths []string) (files int, bytes int64) {
	for _, p := range paths {
		// What cannot be read is left out here, and told when it is sent.
		_ = filepath.WalkDir(p, func(_ string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return fs.SkipAll
			case err != nil || !d.Type().IsRegular():
				return nil
			}
			if info, err := d.Info(); err == nil {
				files++
				bytes += info.Size()
			}
			return nil
		})
	}
	return files, bytes
}
