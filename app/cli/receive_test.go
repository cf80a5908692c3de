package main

import (
	"context"
	"path/filepath"
	"testing"

	"ferry/netcore"
)

// telling is a life in which transfers end, one after the other.
func telling(transfers ...netcore.Transfer) func(context.Context, netcore.Handler) error {
	return func(_ context.Context, h netcore.Handler) error {
		for _, t := range transfers {
			h.Event(netcore.TransferChanged{Transfer: t})
		}
		return nil
	}
}

func TestReceiveCountEndsWithTheWorst(t *testing.T) {
	done := incoming(1, netcore.Done)
	some := incoming(2, netcore.Done, func(t *netcore.Transfer) { t.FailedCount = 1 })
	declined := incoming(3, netcore.Declined)
	failed := incoming(4, netcore.Failed, failedWith(netcore.ErrLost, false))
	paused := incoming(5, netcore.Paused, failedWith(netcore.ErrLost, false))
	for _, test := range []struct {
		name  string
		ends  []netcore.Transfer
		count string
		code  int
	}{
		{"all done", []netcore.Transfer{done, done}, "2", exitOK},
		{"only the first counts", []netcore.Transfer{done, failed}, "1", exitOK},
		{"paused is no end", []netcore.Transfer{paused, done}, "1", exitOK},
		{"some entries failed", []netcore.Transfer{some, done}, "2", exitSome},
		{"declined", []netcore.Transfer{done, declined, some}, "3", exitDeclined},
		{"failed", []netcore.Transfer{failed, declined, some, done}, "4", exitFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(&fakeNode{live: telling(test.ends...)})
			if code := b.run(t, "receive", "--accept", "all", "--count", test.count); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
		})
	}
}

func TestReceiveSaysWhoAndWhere(t *testing.T) {
	b := newBench(&fakeNode{live: telling(incoming(1, netcore.Done))})
	dir := t.TempDir()
	b.run(t, "--name", "Box", "receive", "--accept", "all", "--dir", dir, "--listen", "127.0.0.1:0", "--count", "1")
	wantIn(t, b.err.String(),
		"Box ("+netcore.PeerID{9}.Short()+") listens on 127.0.0.1:7776; files go to "+dir,
		"Warning: everything is accepted from everybody")
	wantIn(t, b.out.String(), "Received notes.txt from Anna in /inbox: 1 file, 2.00 kB")
	if cfg := b.node.cfg; cfg.Hidden || cfg.Listen != "127.0.0.1:0" || cfg.Inbox != dir {
		t.Errorf("config %+v", cfg)
	}
}

func TestSettingsAreUsedAndFlagsWin(t *testing.T) {
	dir := t.TempDir()
	inbox := filepath.Join(t.TempDir(), "in")
	if err := (netcore.Settings{Name: "Set", Inbox: inbox}).Save(dir); err != nil {
		t.Fatal(err)
	}
	b := newBench(&fakeNode{})
	b.run(t, "--config", dir, "id")
	wantIn(t, b.out.String(), "name:    Set", "inbox:   "+inbox, "config:  "+dir)
	b.run(t, "id", "--config", dir, "--name", "Flag")
	wantIn(t, b.out.String(), "name:    Flag")
	if !b.node.closed || !b.node.cfg.Hidden {
		t.Error("id must open a hidden node and close it")
	}
}

func TestAcceptTrustedSaysWhyItDeclines(t *testing.T) {
	verified := func(rule netcore.AutoAccept) netcore.Peer {
		p := bob
		p.AutoAccept = rule
		return p
	}
	for want, offer := range map[string]netcore.Offer{
		"Declined 2 files, 5 B from Anna (" + anna.ID.Short() + ", linux): this device is not verified": {Peer: anna, Files: 2, Bytes: 5},
		"nothing of it is accepted without asking":                                                      {Peer: verified(netcore.AutoAccept{}), Files: 1},
		"more than the 1.00 kB that are accepted":                                                       {Peer: verified(netcore.AutoAccept{On: true, MaxBytes: 1000}), Bytes: 1001},
		"only files are accepted":                                                                       {Peer: verified(netcore.AutoAccept{On: true, FilesOnly: true}), Folders: 1},
	} {
		b := newBench(&fakeNode{})
		if b.program().declineAsked(t.Context(), offer).Accept {
			t.Error("accepted")
		}
		wantIn(t, b.err.String(), want)
	}
}

func TestAskWithoutATerminal(t *testing.T) {
	b := newBench(&fakeNode{})
	if code := b.run(t, "receive"); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "--accept trusted", "--accept all")
}
