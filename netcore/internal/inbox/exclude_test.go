package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore/internal/fault"
)

// TestUseWaitsForAnUndoOfAnotherProcess: what is found while another process undoes what it has brought, and may
// have looked for users before, is used only if it is still there in the end.
func TestUseWaitsForAnUndoOfAnotherProcess(t *testing.T) {
	for name, goes := range map[string]bool{"it goes": true, "it stays": false} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			other := reopen(t, in.dir) // shares nothing with in but the disk, as another process would
			const id = "00000000000000000000000000000001"
			theirs, err := other.BeginTransfer(sender, id)
			if err != nil {
				t.Fatal(err)
			}
			deliver(t, theirs, "file", "content")
			if err := theirs.Close(); err != nil {
				t.Fatal(err)
			}
			d := begin(t, in.Inbox)
			f, where, _, err := d.Lookup(entry("file", "content"))
			if err != nil || where != Final {
				t.Fatal(where, err)
			}
			f.Close()
			used := make(chan struct{})
			err = other.excluding(func() error {
				go func() {
					defer close(used)
					d.Use(entry("file", "content"))
				}()
				journalled(t, in.Inbox)
				select {
				case <-used:
					t.Error("used while another process may remove it")
				default:
				}
				if goes {
					return os.Remove(filepath.Join(in.dir, "file"))
				}
				return nil
			})
			<-used
			r := d.Results()
			if err != nil || goes != (r.FailureCount == 1) || goes && !errors.Is(r.Failures[0].Err, fault.Changed) {
				t.Errorf("%v, failures %v", err, r.Failures)
			}
		})
	}
}

// journalled waits until the only open delivery of in has noted that it uses something.
func journalled(t *testing.T, in *Inbox) {
	t.Helper()
	err := patiently(func() error {
		in.mu.Lock()
		defer in.mu.Unlock()
		for _, j := range in.journals {
			j.mu.Lock()
			written := j.size > 0
			j.mu.Unlock()
			if written {
				return nil
			}
		}
		return errTaken
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnUndoThatWasKilled leaves its lock file: nobody waits for it.
func TestAnUndoThatWasKilled(t *testing.T) {
	in := newInbox(t)
	const id = "00000000000000000000000000000001"
	theirs, err := in.BeginTransfer(sender, id)
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, theirs, "file", "content")
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(in.dir, StagingName, undoingName)
	write(t, stale, "")
	d := begin(t, in.Inbox)
	deliver(t, d, "file", "content")
	if r := d.Results(); r.FailureCount > 0 {
		t.Errorf("%v", r.Failures)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the lock file is there: %v", err)
	}
	write(t, stale, "")
	if err := in.Undo(id, false); err != nil {
		t.Error(err)
	}
	wantFiles(t, in.dir, "file=content") // the other one uses it
}
