package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// fakeFiles are the files that a fakeNode tells of. The window reads them on other goroutines.
type fakeFiles struct {
	mu     sync.Mutex
	n      int
	at     func(i int32) netcore.FileInfo
	reads  int // how many were asked for by At
	closed int
}

func (f *fakeFiles) Find(ctx context.Context, q netcore.FileQuery) (numbers []int32, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range int32(f.n) {
		one := f.at(i)
		there := one.State == netcore.FileArrived || one.State == netcore.FileThere || one.State == netcore.FileSent
		if strings.Contains(strings.ToLower(one.Path), q.Text) && !(q.Missing && there) {
			numbers = append(numbers, i)
		}
	}
	return numbers, ctx.Err()
}

func (f *fakeFiles) At(numbers []int32) (list []netcore.FileInfo, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads += len(numbers)
	for _, i := range numbers {
		list = append(list, f.at(i))
	}
	return list, nil
}

func (f *fakeFiles) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

func (n *fakeNode) Files(id netcore.TransferID) (netcore.Files, error) {
	if f, ok := n.files[id]; ok {
		return f, nil
	}
	return nil, netcore.ErrUnread
}

// assorted are files in all states.
func assorted() *fakeFiles {
	list := []netcore.FileInfo{
		{Path: "album/IMG_0001.jpg", Size: 4_200_000, State: netcore.FileArrived},
		{Path: "album/IMG_0002.jpg", Size: 3_900_000, State: netcore.FileThere},
		{Path: "album/raw/季度报告.docx", Size: 48_000_000, State: netcore.FileMoving, Done: 31_000_000},
		{Path: "album/locked.db", Size: 1200, State: netcore.FileFailed, Err: netcore.ErrUnread},
		{Path: "album/a very long name that does not fit into a single line of the sheet at all, not even nearly.txt", Size: 12, State: netcore.FileArrived},
		{Path: "album/a:b", Size: 30, State: netcore.FileArrived},
		{Path: "album/notes", Size: 700, State: netcore.FileLeftOut},
		{Path: "album/link", Kind: netcore.Link, State: netcore.FileWaiting},
		{Path: "album/last.mkv", Size: 700_000_000, State: netcore.FileWaiting},
	}
	return &fakeFiles{n: len(list), at: func(i int32) netcore.FileInfo { return list[i] }}
}

// openFiles opens the details of a transfer where its files are.
func (h *harness) openFiles(it item, files netcore.Files) *filesPage {
	h.node.files = map[netcore.TransferID]netcore.Files{it.ID: files}
	h.showDetails(it)
	h.detailed.pages.take(pageFiles)
	h.settled()
	return h.detailed.files
}

func wantWords(t *testing.T, p *filesPage, wanted ...string) {
	t.Helper()
	words := strings.Join(spoken(p.root), " | ")
	for _, want := range wanted {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
}

func TestDetailsListAllFiles(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(with(in(netcore.Running, "album"), func(t *netcore.Transfer) {
		t.Renamed = []netcore.Rename{{Path: "album/a:b", Local: "album/a_b"}}
	}), 1))
	files := assorted()
	p := h.openFiles(h.view.items[0], files)
	h.win.Resize(fyne.NewSize(900, 900))
	wantWords(t, p, "9 files", "IMG_0001.jpg | Arrived | album", "IMG_0002.jpg | Was there already, the same", "季度报告.docx | 64 % | album/raw | 48 MB",
		"locked.db | Anna cannot read it")
	h.key(fyne.KeyTab)
	p.which.take(1)
	h.settled()
	wantWords(t, p, "5 files", "notes | Left out by you", "link | Waiting")
	p.search.SetText("no such")
	h.settled()
	wantWords(t, p, "No file with these words")
	p.which.take(0)
	p.search.SetText("a:b")
	h.settled()
	wantWords(t, p, "1 file", "Arrived as album/a_b")
	h.key(fyne.KeyEscape)
	h.settled()
	if h.topSheet() != nil || files.closed != 1 {
		t.Errorf("the list was closed %d times", files.closed)
	}
}

// TestAMillionFilesAreReadAsTheyAreShown goes to the end of a long list: what is between is not read.
func TestAMillionFilesAreReadAsTheyAreShown(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Done, "album"), 1))
	files := &fakeFiles{n: 1_000_000, at: func(i int32) netcore.FileInfo {
		return netcore.FileInfo{Path: fmt.Sprintf("album/IMG_%d.jpg", i), Size: 1, State: netcore.FileArrived}
	}}
	p := h.openFiles(h.view.items[0], files)
	wantWords(t, p, "1,000,000 files", "IMG_0.jpg")
	h.win.Canvas().Focus(p.list)
	h.key(fyne.KeyEnd)
	h.settled()
	wantWords(t, p, "IMG_999999.jpg")
	h.key(fyne.KeyPageUp)
	h.settled()
	h.key(fyne.KeyHome)
	h.settled()
	wantWords(t, p, "IMG_0.jpg")
	if files.reads > 200 {
		t.Errorf("%d files were read to show some twenty", files.reads)
	}
	if n := len(p.list.list.content.Objects); n > 30 {
		t.Errorf("%d rows", n)
	}
}

// TestFilesFollowTheTransfer shows how a file moves, and stays where it is when the transfer ends.
func TestFilesFollowTheTransfer(t *testing.T) {
	h := newHarness(t)
	running := with(out(netcore.Running, "film"), func(t *netcore.Transfer) { t.Bytes = 100 })
	h.tell(changed(running, 1))
	one := netcore.FileInfo{Path: "film", Size: 100, State: netcore.FileMoving}
	files := &fakeFiles{n: 1, at: func(int32) netcore.FileInfo { return one }}
	p := h.openFiles(h.view.items[0], files)
	wantWords(t, p, "0 %")
	files.mu.Lock()
	one.Done = 50
	files.mu.Unlock()
	running.DoneBytes = 50
	h.tell(changed(running, 1))
	h.settled()
	wantWords(t, p, "50 %")
	files.mu.Lock()
	one.State = netcore.FileArrived
	files.mu.Unlock()
	h.tell(changed(with(out(netcore.Done, "film"), func(t *netcore.Transfer) { t.Bytes = 100 }), 1))
	h.settled()
	if h.detailed.files == p || h.detailed.pages.now != pageFiles {
		t.Error("the end of the transfer has left the list of files")
	}
	wantWords(t, h.detailed.files, "film | Arrived")
	if files.closed != 1 {
		t.Errorf("the list was closed %d times", files.closed)
	}
}

func TestDetailsSayWhyThereIsNoList(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Done, "old"), 1), changed(ended(in(netcore.Paused, "b"), netcore.ErrLost, false), 2), changed(out(netcore.Declined, "c"), 3))
	for id, want := range map[int]string{1: "not kept any more", 2: "as soon as the transfer runs"} {
		test.Tap(h.rowOf(transferID(id)).details)
		h.detailed.pages.take(pageFiles)
		h.settled()
		wantWords(t, h.detailed.files, want)
		h.key(fyne.KeyEscape)
	}
	test.Tap(h.rowOf(transferID(3)).details)
	if h.detailed.files != nil {
		t.Error("what was declined has a list of files")
	}
}

func (n *fakeNode) Dealings(netcore.PeerID) (netcore.Dealings, error) {
	return netcore.Dealings{Sent: 12, Received: 5}, nil
}
