package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

// eve is known, neither verified nor here; mum is verified and has a nickname.
var (
	eve = netcore.Peer{ID: netcore.PeerID{3}, Name: "Eve", OwnName: "Eve", Known: true}
	mum = netcore.Peer{ID: netcore.PeerID{4}, Name: "Mum", OwnName: "DESKTOP-\x1b7", Known: true,
		Verified: time.Date(2026, 11, 20, 12, 0, 0, 0, time.Local), Seen: time.Date(2026, 11, 21, 9, 30, 0, 0, time.Local)}
)

func knowing(peers ...netcore.Peer) *bench { return newBench(&fakeNode{known: peers}) }

func TestTrustSetsTheRule(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		args []string
		want netcore.AutoAccept
		said string
	}{
		{[]string{"mum", "--auto-accept"}, netcore.AutoAccept{On: true}, "every offer is accepted without asking, into the inbox"},
		{[]string{"--dir", dir, "mum"}, netcore.AutoAccept{On: true, Dir: dir}, "into " + dir},
		{[]string{"--files-only", "mum", "--max-size", "1.5G"}, netcore.AutoAccept{On: true, FilesOnly: true, MaxBytes: 1.5e9},
			"every offer of files alone up to 1.50 GB is accepted"},
		{[]string{mum.ID.String()[:12], "--ask"}, netcore.AutoAccept{}, "nothing is accepted without asking"},
		{[]string{"desktop-\x1b7", "--ask"}, netcore.AutoAccept{}, "nothing is accepted without asking"},
	} {
		b := knowing(eve, mum)
		if code := b.run(t, append([]string{"trust"}, test.args...)...); code != exitOK {
			t.Errorf("%q: exit code %d", test.args, code)
		}
		if got := b.node.known[1].AutoAccept; got != test.want {
			t.Errorf("%q: %+v, want %+v", test.args, got, test.want)
		}
		wantIn(t, b.out.String(), "From Mum ("+mum.ID.Short()+"): ", test.said)
		if !b.node.cfg.Hidden {
			t.Error("others saw the command")
		}
	}
}

func TestTrustErrors(t *testing.T) {
	blocked := eve
	blocked.ID, blocked.Name, blocked.OwnName, blocked.Blocked = netcore.PeerID{5}, "Mallory", "Mallory", true
	twin := mum
	twin.ID = netcore.PeerID{6}
	for _, test := range []struct {
		args []string
		code int
		said string
	}{
		{[]string{}, exitUsage, "trust needs one PEER"},
		{[]string{"mum", "eve", "--ask"}, exitUsage, "trust needs one PEER"},
		{[]string{"mum"}, exitUsage, "Say what trust is to mean"},
		{[]string{"mum", "--ask", "--files-only"}, exitUsage, "--ask takes back"},
		{[]string{"mum", "--max-size", "lots"}, exitUsage, "must be a size such as"},
		{[]string{"mum", "--max-size", "0"}, exitUsage, "must be a size such as"},
		{[]string{"mum", "--dir", ""}, exitUsage, "must be a folder"},
		{[]string{"nobody", "--ask"}, exitNoPeer, "nobody is no known device"},
		{[]string{"mum", "--ask"}, exitNoPeer, "may be any of several peers"},
		{[]string{"eve", "--auto-accept"}, exitFailed, "is not verified, so nothing of it is accepted without asking. Compare codes first: ferry-cli verify " + eve.ID.String()},
		{[]string{"mallory", "--auto-accept"}, exitFailed, "is blocked. Unblock it first"},
	} {
		b := knowing(eve, mum, blocked, twin)
		if code := b.run(t, append([]string{"trust"}, test.args...)...); code != test.code {
			t.Errorf("%q: exit code %d, want %d", test.args, code, test.code)
		}
		wantIn(t, b.err.String(), test.said)
	}
}

func TestBlockNameAndUnblock(t *testing.T) {
	b := knowing(eve)
	b.run(t, "block", "eve")
	wantIn(t, b.out.String(), "Blocked Eve ("+eve.ID.Short()+")")
	b.run(t, "known")
	wantIn(t, b.out.String(), "BLOCKED")
	b.run(t, "unblock", "eve")
	wantIn(t, b.out.String(), "Unblocked Eve")
	if code := b.run(t, "unblock", "eve"); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "Eve ("+eve.ID.Short()+") is not blocked.")
	b.run(t, "name", "eve", "Sister")
	wantIn(t, b.out.String(), "Eve ("+eve.ID.Short()+") is called Sister here")
}

// A device can be blocked that is not known: by its ID, or while it is here.
func TestBlockAStranger(t *testing.T) {
	b := knowing()
	b.run(t, "block", anna.ID.String())
	if len(b.node.known) != 1 || b.node.known[0].ID != anna.ID || !b.node.known[0].Blocked {
		t.Errorf("got %+v", b.node.known)
	}
	b.run(t, "block", "bob")
	if len(b.node.known) != 2 || b.node.known[1].ID != bob.ID {
		t.Errorf("got %+v", b.node.known)
	}
}

func TestDecidedInJSON(t *testing.T) {
	b := knowing(mum)
	b.run(t, "--json", "trust", "mum", "--max-size", "1M", "--dir", "/films")
	var object struct {
		Event string
		Peer  struct {
			Name     string `json:"name"`
			OwnName  string `json:"own_name"`
			Verified time.Time
			Rule     jsonRule `json:"auto_accept"`
		}
	}
	if err := json.Unmarshal([]byte(b.out.String()), &object); err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs("/films")
	if err != nil {
		t.Fatal(err)
	}
	if object.Event != "decided" || object.Peer.OwnName != mum.OwnName || !object.Peer.Verified.Equal(mum.Verified) || object.Peer.Rule != (jsonRule{dir, 1e6, false}) {
		t.Errorf("got %+v", object)
	}
}

func TestKnownIsATable(t *testing.T) {
	trusted := mum
	trusted.AutoAccept = netcore.AutoAccept{On: true, Dir: "/films", FilesOnly: true, MaxBytes: 2e9}
	b := knowing(eve, trusted)
	b.run(t, "known")
	want := "NAME  OWN NAME         VERIFIED    WITHOUT ASKING             LAST SEEN         PEER ID\n" +
		"Eve                    no          nothing                    never             " + eve.ID.String() + "\n" +
		`Mum   DESKTOP-\x1b7    2026-11-20  files up to 2.00 GB, in /films  2026-11-21 09:30  ` + mum.ID.String() + "\n"
	if got := strings.Join(strings.Fields(b.out.String()), " "); got != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%swant\n%s", b.out.String(), want)
	}
	if !b.node.closed || !b.node.cfg.Hidden {
		t.Error("known must open a hidden node and close it")
	}
	b = knowing()
	b.run(t, "known")
	wantIn(t, b.err.String(), "No device is known yet")
}

var aCode = netcore.Code{Digits: "042137", Pictures: [4]netcore.CodePicture{{Emoji: "⚓", Name: "anchor"}, {Emoji: "🐶", Name: "dog"}, {Emoji: "🍎", Name: "apple"}, {Emoji: "🎈", Name: "balloon"}}}

func showing(code netcore.Code, err error) func(context.Context) (netcore.Code, error) {
	return func(context.Context) (netcore.Code, error) { return code, err }
}

// compare asks the person at the desk, and returns where the verdict comes.
func (d *desk) compare(ctx context.Context, v *netcore.Verification) <-chan netcore.Verdict {
	verdict := make(chan netcore.Verdict, 1)
	go func() { verdict <- d.asker.compare(ctx, v) }()
	return verdict
}

func wantVerdict(t *testing.T, verdict <-chan netcore.Verdict, want netcore.Verdict) {
	t.Helper()
	select {
	case got := <-verdict:
		if got != want {
			t.Errorf("the verdict is %d, want %d", got, want)
		}
	case <-time.After(limit):
		t.Fatal("no verdict")
	}
}

func TestCompare(t *testing.T) {
	for line, want := range map[string]netcore.Verdict{"same": netcore.Same, " S ": netcore.Same, "different": netcore.Different, "d": netcore.Different, "stop": netcore.Undecided} {
		d := newDesk(t)
		verdict := d.compare(t.Context(), netcore.NewVerification(anna, false, showing(aCode, nil)))
		d.seen(t, "The same on both?")
		wantIn(t, d.err.String(), "screen of Anna ("+anna.ID.Short()+", linux) shows:", "042 137", "⚓ anchor  🐶 dog  🍎 apple  🎈 balloon")
		d.typeLine(t, "y") // means nothing here
		d.seen(t, "Please type same, different or stop.")
		d.typeLine(t, "")
		eventually(t, "asked again", func() bool { return strings.Count(d.err.String(), "Please type") == 2 })
		d.typeLine(t, line)
		wantVerdict(t, verdict, want)
	}
}

func TestCompareWhenThePeerAsks(t *testing.T) {
	d := newDesk(t)
	verdict := d.compare(t.Context(), netcore.NewVerification(anna, true, showing(aCode, nil)))
	d.seen(t, "Compare now? [y/N] ")
	if strings.Contains(d.err.String(), "042") {
		t.Error("the code is shown before the person agrees")
	}
	d.typeLine(t, "y")
	d.seen(t, "042 137")
	d.typeLine(t, "same")
	wantVerdict(t, verdict, netcore.Same)
	d.seen(t, "Anna is verified once the other person says the same.")

	verdict = d.compare(t.Context(), netcore.NewVerification(anna, true, func(context.Context) (netcore.Code, error) {
		t.Error("a code was asked for")
		return netcore.Code{}, nil
	}))
	eventually(t, "asked again", func() bool { return strings.Count(d.err.String(), "Compare now?") == 2 })
	d.typeLine(t, "")
	wantVerdict(t, verdict, netcore.Undecided)
}

func TestCompareThatIsOff(t *testing.T) {
	d := newDesk(t)
	ctx, stop := context.WithCancel(t.Context())
	verdict := d.compare(ctx, netcore.NewVerification(anna, true, showing(aCode, nil)))
	d.seen(t, "Compare now?")
	stop()
	wantVerdict(t, verdict, netcore.Undecided)
	d.seen(t, "Codes were not compared with Anna ("+anna.ID.Short()+", linux): it was stopped on the other device.")

	verdict = d.compare(t.Context(), netcore.NewVerification(anna, true, showing(netcore.Code{}, netcore.ErrProtocol)))
	eventually(t, "asked again", func() bool { return strings.Count(d.err.String(), "Compare now?") == 2 })
	d.typeLine(t, "y")
	wantVerdict(t, verdict, netcore.Undecided)
	d.seen(t, "it may not be what it seems")
}

// comparing is a node that lets its front end compare codes, and then returns end.
func comparing(verdict *netcore.Verdict, end error) *fakeNode {
	n := new(fakeNode)
	n.verify = func(ctx context.Context, id netcore.PeerID) error {
		if id != bob.ID {
			return errors.New("somebody else")
		}
		*verdict = n.cfg.Handler.Verify(ctx, netcore.NewVerification(bob, false, showing(aCode, nil)))
		return end
	}
	return n
}

func TestVerify(t *testing.T) {
	for _, test := range []struct {
		name, typed string
		end         error
		want        netcore.Verdict
		code        int
		said        string
	}{
		{"same", "same\n", nil, netcore.Same, exitOK, "Verified Bob (" + bob.ID.Short() + ")"},
		{"different", "different\n", &netcore.Error{Op: "verify", Err: netcore.ErrDifferent}, netcore.Different, exitFailed, "Bob (" + bob.ID.Short() + ") is blocked now"},
		{"stopped", "stop\n", &netcore.Error{Op: "verify", Err: netcore.ErrCancelled}, netcore.Undecided, exitFailed, "The comparison was stopped. "},
		{"stopped there", "", &netcore.Error{Op: "verify", Remote: true, Err: netcore.ErrCancelled}, netcore.Undecided, exitFailed, "stopped on the other device"},
		{"declined", "", &netcore.Error{Op: "verify", Remote: true, Err: netcore.ErrDeclined}, netcore.Undecided, exitDeclined, "did not want to compare codes"},
		{"lost", "", &netcore.Error{Op: "verify", Err: netcore.ErrLost}, netcore.Undecided, exitNoPeer, "Both devices have to be online"},
		{"busy", "", &netcore.Error{Op: "verify", Err: netcore.ErrBusy}, netcore.Undecided, exitFailed, "being compared with Bob"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var verdict netcore.Verdict
			b := newBench(comparing(&verdict, test.end))
			b.asks, b.stdin = true, &patient{text: test.typed, ready: func() bool { return strings.Contains(b.err.String(), "042 137") }}
			if code := b.run(t, "verify", "bob"); code != test.code || verdict != test.want {
				t.Errorf("exit code %d, verdict %d", code, verdict)
			}
			wantIn(t, b.out.String()+b.err.String(), test.said)
		})
	}
}

// patient is a person who types when there is something to answer.
type patient struct {
	text  string
	ready func() bool
}

func (p *patient) Read(into []byte) (int, error) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !p.ready() {
		<-tick.C
	}
	n := copy(into, p.text)
	p.text = p.text[n:]
	if n == 0 {
		return 0, errors.New("nothing more")
	}
	return n, nil
}

func TestVerifyNeedsATerminal(t *testing.T) {
	b := newBench(&fakeNode{})
	if code := b.run(t, "verify", "bob"); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "verify needs a terminal")
}

func TestReceiveWithoutATerminalComparesNothing(t *testing.T) {
	n := &fakeNode{live: func(ctx context.Context, h netcore.Handler) error {
		if got := h.Verify(ctx, netcore.NewVerification(anna, true, showing(aCode, nil))); got != netcore.Undecided {
			t.Errorf("the verdict is %d", got)
		}
		h.Event(netcore.TransferChanged{Transfer: incoming(1, netcore.Done)})
		return nil
	}}
	b := newBench(n)
	b.run(t, "--json", "receive", "--accept", "trusted", "--count", "1")
	wantIn(t, b.err.String(), "wants to compare codes. Declined: there is no terminal here", "ferry-cli verify "+anna.ID.String())
	wantIn(t, b.out.String(), `"event":"verification"`, `"asked":true`)
}

func TestReceiveTellsWhatBecomesOfTrust(t *testing.T) {
	verified, blocked := anna, anna
	verified.Verified, blocked.Blocked = time.Now().Add(time.Hour), true
	n := &fakeNode{live: func(_ context.Context, h netcore.Handler) error {
		for _, p := range []netcore.Peer{bob, anna, verified, verified, blocked} {
			h.Event(netcore.PeerChanged{Peer: p})
		}
		h.Event(netcore.TransferChanged{Transfer: incoming(1, netcore.Done)})
		return nil
	}}
	b := newBench(n)
	b.run(t, "receive", "--accept", "trusted", "--count", "1")
	if said := b.err.String(); strings.Count(said, "is verified") != 1 || strings.Count(said, "Anna ("+anna.ID.Short()+") is blocked") != 1 {
		t.Errorf("said\n%s", said)
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	b := knowing(mum)
	if code := b.run(t, "name", "--", "mum", "--log"); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.out.String(), "is called --log here")
}
