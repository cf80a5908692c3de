//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// A tree says which files there are, by their number. Two trees with the same
// description are the same, to the last byte.
type tree struct {
	folders, files int // files in each folder; no folder: one file
	describe       string
	size           func(file int) int64
}

func oneFile(size int64) tree {
	return tree{0, 1, fmt.Sprint("file of ", size), func(int) int64 { return size }}
}

func manyFiles(folders, files int, size int64) tree {
	return tree{folders, files, fmt.Sprintf("%d times %d of %d", folders, files, size), func(int) int64 { return size }}
}

// mixedFiles are spread evenly over the orders of magnitude.
func mixedFiles(files int, least, most int64) tree {
	step := math.Log(float64(most)/float64(least)) / float64(files-1)
	return tree{1, files, fmt.Sprintf("%d of %d to %d", files, least, most), func(i int) int64 {
		return int64(math.Round(float64(least) * math.Exp(step*float64(i))))
	}}
}

// amount returns how many files there are and their bytes.
func (t tree) amount() (files int, size int64) {
	files = max(1, t.folders) * t.files
	for i := range files {
		size += t.size(i)
	}
	return files, size
}

// write makes the tree in dir and returns the path of what is to be sent.
func (t tree) write(ctx context.Context, dir string) (string, error) {
	random := rand.NewChaCha8([32]byte{})
	if t.folders == 0 {
		path := filepath.Join(dir, "film.mkv")
		return path, writeFile(path, random, t.size(0))
	}
	root := filepath.Join(dir, "album")
	for i := range t.folders {
		folder := filepath.Join(root, fmt.Sprintf("%04d", i))
		if err := errors.Join(ctx.Err(), os.MkdirAll(folder, 0o755)); err != nil {
			return "", err
		}
		for j := range t.files {
			n := i*t.files + j
			if err := writeFile(filepath.Join(folder, fmt.Sprintf("picture-%07d.jpg", n)), random, t.size(n)); err != nil {
				return "", err
			}
		}
	}
	return root, nil
}

func writeFile(path string, content io.Reader, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, content, size)
	return errors.Join(err, f.Close())
}

// check requires that got has as many files and bytes as t; names that begin
// with a dot are none of it.
func (t tree) check(got string) error {
	var files int
	var size int64
	err := filepath.WalkDir(got, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != got && d.Name()[0] == '.' {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files++
		size += info.Size()
		return nil
	})
	if err != nil {
		return err
	}
	if wantFiles, wantSize := t.amount(); files != wantFiles || size != wantSize {
		return fmt.Errorf("%d files of %d bytes arrived, want %d of %d", files, size, wantFiles, wantSize)
	}
	return nil
}

// sameContent requires that each file at or below want is the same in dir.
func sameContent(ctx context.Context, dir, want string) error {
	parent := filepath.Dir(want)
	var buffers [2][mib]byte
	return filepath.WalkDir(want, func(path string, d fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(parent, path)
		if err != nil {
			return err
		}
		return sameFile(filepath.Join(dir, rel), path, &buffers)
	})
}

func sameFile(a, b string, buffers *[2][mib]byte) error {
	f, err := os.Open(a)
	if err != nil {
		return err
	}
	defer f.Close()
	g, err := os.Open(b)
	if err != nil {
		return err
	}
	defer g.Close()
	x, y := buffers[0][:], buffers[1][:]
	for {
		n, err := io.ReadFull(f, x)
		m, gerr := io.ReadFull(g, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return fmt.Errorf("%s differs from %s", a, b)
		}
		if err != nil || gerr != nil {
			return ended(err, gerr)
		}
	}
}

// ended returns those of errs that are more than the end of a file.
func ended(errs ...error) error {
	var all error
	for _, err := range errs {
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			all = errors.Join(all, err)
		}
	}
	return all
}
