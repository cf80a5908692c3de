package inbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const (
	benchFolders = 100
	benchFiles   = 100 // in each
	benchSize    = 4 << 10
)

// BenchmarkSmallFiles delivers 10,000 files of 4 KiB in 100 folders, with all
// that the engine asks for each.
func BenchmarkSmallFiles(b *testing.B) {
	content := make([]byte, benchSize)
	for i := range b.N {
		in, err := Open(filepath.Join(b.TempDir(), fmt.Sprint(i)))
		if err != nil {
			b.Fatal(err)
		}
		d, err := in.BeginTransfer(sender, transferID)
		if err != nil {
			b.Fatal(err)
		}
		list := func(folder, file int) Entry {
			return Entry{Path: fmt.Sprintf("top/%d/%d.txt", folder, file), Size: benchSize, ModTime: mtime}
		}
		for folder := range benchFolders {
			if err := d.Folder(Entry{Path: fmt.Sprintf("top/%d", folder), ModTime: mtime}); err != nil {
				b.Fatal(err)
			}
			for file := range benchFiles {
				if _, where, _, err := d.Lookup(list(folder, file)); where != None || err != nil {
					b.Fatal(where, err)
				}
			}
		}
		for folder := range benchFolders {
			for file := range benchFiles {
				p, err := d.Create(list(folder, file), 0)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Write(content); err != nil {
					b.Fatal(err)
				}
				if err := p.Finish(); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := d.Commit(); err != nil {
			b.Fatal(err)
		}
		if r := d.Results(); r.FailureCount != 0 {
			b.Fatal(r.Failures)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
		if err := in.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareFiles is what the same costs at least: it creates, writes and
// renames, checks nothing and syncs nothing.
func BenchmarkBareFiles(b *testing.B) {
	content := make([]byte, benchSize)
	for i := range b.N {
		dir := filepath.Join(b.TempDir(), fmt.Sprint(i))
		staging := filepath.Join(dir, "staging")
		if err := os.MkdirAll(staging, 0o700); err != nil {
			b.Fatal(err)
		}
		for folder := range benchFolders {
			path := filepath.Join(dir, fmt.Sprint(folder))
			if err := os.Mkdir(path, 0o777); err != nil {
				b.Fatal(err)
			}
			for file := range benchFiles {
				name := filepath.Join(staging, fmt.Sprint(file))
				if err := os.WriteFile(name, content, 0o644); err != nil {
					b.Fatal(err)
				}
				if err := os.Rename(name, filepath.Join(path, fmt.Sprint(file)+".txt")); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// BenchmarkBigFile delivers one file of 1 GiB in writes of 1 MiB.
func BenchmarkBigFile(b *testing.B) {
	const size = 1 << 30
	content := make([]byte, 1<<20)
	b.SetBytes(size)
	for i := range b.N {
		in, err := Open(filepath.Join(b.TempDir(), fmt.Sprint(i)))
		if err != nil {
			b.Fatal(err)
		}
		d := in.Begin(sender)
		p, err := d.Create(Entry{Path: "big", Size: size}, 0)
		if err != nil {
			b.Fatal(err)
		}
		for range size / len(content) {
			if _, err := p.Write(content); err != nil {
				b.Fatal(err)
			}
		}
		if err := p.Finish(); err != nil {
			b.Fatal(err)
		}
		if err := d.Commit(); err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
		if err := in.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
