package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/netcore"
)

func someFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func failedWith(err error, remote bool) func(*netcore.Transfer) {
	return func(t *netcore.Transfer) { t.Err = &netcore.Error{Op: "send", Remote: remote, Err: err} }
}

func TestSendExitCodes(t *testing.T) {
	someFailed := func(t *netcore.Transfer) {
		t.FailedCount = 3
		t.FailedEntries = []netcore.EntryError{{Path: "a/fifo\x1b", Err: netcore.ErrSkipped}, {Path: "locked", Err: netcore.ErrUnread}}
	}
	for _, test := range []struct {
		name     string
		end      netcore.Transfer
		code     int
		out, err string
	}{
		{"done", outgoing(netcore.Done), 0, "Sent notes.txt to Bob: 1 file, 2.00 kB", ""},
		{"some failed", outgoing(netcore.Done, someFailed), 5, "but 3 entries failed", `a/fifo\x1b: it is a special file`},
		{"more failed than listed", outgoing(netcore.Done, someFailed), 5, "", "and 1 more"},
		{"declined", outgoing(netcore.Declined, failedWith(netcore.ErrDeclined, true)), 3, "", "Not sent: notes.txt to Bob: it was declined"},
		{"untrusted", outgoing(netcore.Failed, failedWith(netcore.ErrUntrusted, true)), 3, "", "not trusted"},
		{"lost", outgoing(netcore.Failed, failedWith(netcore.ErrLost, false)), 1, "", "the connection was lost"},
		{"offline", outgoing(netcore.Failed, failedWith(netcore.ErrOffline, false)), 4, "", "cannot be reached"},
		{"no space", outgoing(netcore.Failed, failedWith(netcore.ErrNoSpace, true)), 1, "", "on the other device"},
		{"closed there", outgoing(netcore.Failed, failedWith(netcore.ErrShutdown, true)), 1, "", "Ferry was closed on the other device\n"},
		{"closed here", outgoing(netcore.Failed, failedWith(netcore.ErrShutdown, false)), 1, "", "sending it again goes on where it ended"},
		{"cancelled there", outgoing(netcore.Cancelled, failedWith(netcore.ErrCancelled, true)), 1, "", "cancelled on the other side"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(&fakeNode{onSend: []netcore.Transfer{outgoing(netcore.Running), test.end}})
			if code := b.run(t, "send", "bob", someFile(t)); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			wantIn(t, b.out.String(), test.out)
			wantIn(t, b.err.String(), test.err)
		})
	}
}

func TestSendIsHiddenAndSendsAbsolutePaths(t *testing.T) {
	b := newBench(&fakeNode{onSend: []netcore.Transfer{outgoing(netcore.Done)}})
	t.Chdir(filepath.Dir(someFile(t)))
	b.run(t, "send", "bob", "notes.txt")
	if !b.node.cfg.Hidden {
		t.Error("the node of send is not hidden")
	}
	if len(b.node.sent) != 1 || !filepath.IsAbs(b.node.sent[0]) {
		t.Errorf("sent %q", b.node.sent)
	}
}

func TestSendWithAMissingPathOffersNothing(t *testing.T) {
	b := newBench(&fakeNode{})
	if code := b.run(t, "send", "bob", someFile(t), "no-such-file"); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "no-such-file", "nothing was sent")
	if b.node.cfg.Handler != nil {
		t.Error("a node was opened")
	}
}

func TestSendToNobody(t *testing.T) {
	offline := &netcore.Error{Op: "find", Err: netcore.ErrOffline}
	for _, test := range []struct {
		query string
		err   error
		peers []netcore.Peer
		code  int
		words string
	}{
		{"carol", offline, nil, exitNoPeer, "carol was not found in 10 seconds"},
		{"carol", offline, nil, exitNoPeer, "give its address in place of its name"},
		{"192.0.2.7:99", offline, nil, exitNoPeer, "Ferry does not answer at 192.0.2.7:99"},
		{"::1", offline, nil, exitNoPeer, "firewall"},
		{"192.0.2.7:99999", offline, nil, exitUsage, "192.0.2.7:99999 is no address: 99999 is no port; a number from 1 to 65535 is."},
		{"[::1]:http", offline, nil, exitUsage, "http is no port"},
		{"room:99999", offline, nil, exitNoPeer, "room:99999"},
		{"x", errors.New("lookup x: no such host"), nil, exitNoPeer, "was not found"},
		{"anna", fmt.Errorf("find: %w", netcore.ErrAmbiguous), []netcore.Peer{anna, {ID: netcore.PeerID{3}, Name: "anna"}}, exitNoPeer,
			"any of several peers; give the whole peer ID of the one that is meant:\n  " + anna.ID.String() + "  Anna\n  " + netcore.PeerID{3}.String() + "  anna\n"},
		{"anna", fmt.Errorf("hello: %w", netcore.ErrVersion), nil, exitFailed, "update the older one"},
		{"anna", fmt.Errorf("dial: %w", netcore.ErrPeerID), nil, exitNoPeer, "Another device"},
	} {
		t.Run(test.query, func(t *testing.T) {
			b := newBench(&fakeNode{peers: test.peers, find: func(context.Context, string) (netcore.Peer, error) {
				return netcore.Peer{}, test.err
			}})
			if code := b.run(t, "send", test.query, someFile(t)); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			wantIn(t, b.err.String(), test.words)
		})
	}
}

// A peer may call itself like the ID of another one.
func TestAPeerIDMeansNobodyElse(t *testing.T) {
	impostor := netcore.Peer{ID: netcore.PeerID{3}, Name: anna.ID.String()}
	namesake := netcore.Peer{ID: netcore.PeerID{4}, Name: anna.ID.String()[:leastPrefix]}
	peers := []netcore.Peer{anna, impostor, namesake}
	for _, test := range []struct {
		query string
		want  []netcore.Peer
	}{
		{anna.ID.String(), []netcore.Peer{anna}},
		{strings.ToUpper(anna.ID.String()), []netcore.Peer{anna}},
		{netcore.PeerID{5}.String(), nil},
		{anna.ID.String()[:leastPrefix], []netcore.Peer{anna, namesake}},
		{anna.ID.String()[:leastPrefix-1], nil},
		{"aNNa", []netcore.Peer{anna}},
	} {
		got := called(peers, test.query)
		if !slices.EqualFunc(got, test.want, func(a, b netcore.Peer) bool { return a.ID == b.ID }) {
			t.Errorf("%s may mean %v, want %v", test.query, got, test.want)
		}
	}
}

func TestSendNeedsPathsOfSomething(t *testing.T) {
	for path, words := range map[string]string{"": "A PATH is empty; nothing was sent.", "-": "not what is piped to it"} {
		b := newBench(new(fakeNode))
		if code := b.run(t, "send", "anna", someFile(t), path); code != exitUsage {
			t.Errorf("%q: exit code %d", path, code)
		}
		wantIn(t, b.err.String(), words)
	}
}

func TestSendWhenTheNodeBreaksDown(t *testing.T) {
	b := newBench(&fakeNode{
		live: func(context.Context, netcore.Handler) error { return netcore.ErrInternal },
		find: func(ctx context.Context, _ string) (netcore.Peer, error) {
			<-ctx.Done()
			return netcore.Peer{}, ctx.Err()
		},
	})
	if code := b.run(t, "send", "bob", someFile(t)); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "Something went wrong inside Ferry")
}
