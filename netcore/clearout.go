package netcore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleList is how old the list of a transfer that nobody knows must be to be removed.
const staleList = 24 * time.Hour

// clearOut removes what earlier runs have left and nobody needs.
func (n *Node) clearOut() {
	limit := time.Time{}
	if days := n.historyDays.Load(); days > 0 {
		limit = n.now().AddDate(0, 0, -int(days))
	}
	n.tidy(func() error { return n.store.Prune(cmp.Or(int(n.historyLimit.Load()), DefaultHistory), limit) })
	n.dropLists()
}

// dropLists removes lists of transfers that nobody goes on with.
func (n *Node) dropLists() {
	dir := filepath.Join(n.cfg.Dir, listsDir)
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		n.log.Warn("lists of transfers", "err", err)
	}
	for _, f := range files {
		var id TransferID
		name, ok := strings.CutSuffix(f.Name(), listExt)
		if ok && id.UnmarshalText([]byte(name)) == nil {
			if s, known, err := n.store.Get(id); err != nil || known && s.Ended.IsZero() {
				continue
			}
		}
		if info, err := f.Info(); err == nil && n.now().Sub(info.ModTime()) > staleList {
			n.tidy(func() error { return os.Remove(filepath.Join(dir, f.Name())) })
		}
	}
}

// clearOutEvery is how often a node that keeps running clears out.
const clearOutEvery = 6 * time.Hour

// keepClear clears out from time to time, until ctx ends.
func (n *Node) keepClear(ctx context.Context) {
	tick := time.NewTicker(clearOutEvery)
	defer tick.Stop()
	<-n.revived
	for {
		n.clearOut()
		n.expire()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// maxWait is how long an incoming transfer waits for its sender: what has come of a file that is not whole is kept no
// longer.
const maxWait = 30 * 24 * time.Hour

// expire ends the incoming transfers with which nobody has gone on for too long.
func (n *Node) expire() {
	limit := n.now().Add(-maxWait)
	for _, t := range n.list() {
		t.mu.Lock()
		old := t.now.Direction == Incoming && t.now.State == Paused && !t.kept.Waits.IsZero() && t.kept.Waits.Before(limit)
		t.mu.Unlock()
		if old {
			t.cancel(fmt.Errorf("%w: nobody went on with it for %d days", ErrTimeout, maxWait/(24*time.Hour)))
		}
	}
}

// now is the time by which things get old.
func (n *Node) now() time.Time {
	if n.cfg.now != nil {
		return n.cfg.now()
	}
	return time.Now()
}
