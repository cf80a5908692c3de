package verify

import (
	"bytes"
	"errors"
	"regexp"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

var (
	anna = identity.PeerID{1}
	ben  = identity.PeerID{2}
)

// pair is the two ends of one session.
func pair() (a, b Parties) {
	key := [KeySize]byte{42}
	return Parties{key, anna, ben}, Parties{key, ben, anna}
}

// pass hands frames to x, and what x answers back.
func pass(t *testing.T, x *Exchange, frames ...Frame) (answers []Frame) {
	t.Helper()
	for _, f := range frames {
		more, err := x.Heard(f.Type, f.Body)
		if err != nil {
			t.Fatalf("%v: %v", f.Type, err)
		}
		answers = append(answers, more...)
	}
	return answers
}

// compare brings two ends to the point at which both have a code.
func compare(t *testing.T) (i, r *Exchange) {
	t.Helper()
	a, b := pair()
	i, first := Begin(a)
	c, err := wire.ReadVerify(first.Body)
	if err != nil {
		t.Fatal(err)
	}
	r = Asked(b, c)
	nonce, ok := r.Agree()
	if !ok {
		t.Fatal("the person cannot agree")
	}
	if more := pass(t, r, pass(t, i, nonce)...); len(more) != 0 {
		t.Fatalf("the responder answers the last nonce with %v", more)
	}
	return i, r
}

func TestBothEndsHaveTheSameCode(t *testing.T) {
	i, r := compare(t)
	ci, ok := i.Code()
	cr, too := r.Code()
	if !ok || !too || ci != cr || !regexp.MustCompile(`^\d{6}$`).MatchString(ci.Digits) {
		t.Errorf("codes %v (%v) and %v (%v)", ci, ok, cr, too)
	}
	for _, p := range ci.Pictures {
		if p.Emoji == "" || p.Name == "" {
			t.Errorf("a picture without picture or name: %v", ci)
		}
	}
}

func TestTheCodeDependsOnEverything(t *testing.T) {
	key, n, m := [KeySize]byte{1}, wire.Nonce{2}, wire.Nonce{3}
	codes := map[[32]byte]string{}
	add := func(what string, key [KeySize]byte, i, r identity.PeerID, ni, nr wire.Nonce) {
		d := derive(key, codeLabel, i[:], r[:], ni[:], nr[:])
		if old, ok := codes[d]; ok {
			t.Errorf("%s gives the same code as %s", what, old)
		}
		codes[d] = what
	}
	add("the plain one", key, anna, ben, n, m)
	add("another session", [KeySize]byte{9}, anna, ben, n, m)
	add("another initiator", key, identity.PeerID{9}, ben, n, m)
	add("another responder", key, anna, identity.PeerID{9}, n, m)
	add("changed roles", key, ben, anna, n, m)
	add("changed nonces", key, anna, ben, m, n)
	add("another nI", key, anna, ben, wire.Nonce{9}, m)
	add("another nR", key, anna, ben, n, wire.Nonce{9})
	if commit(key, anna, ben, n) == commit(key, ben, anna, n) || commit(key, anna, ben, n) == commit([KeySize]byte{}, anna, ben, n) {
		t.Error("a commitment does not bind roles or session")
	}
}

func TestPictures(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Pictures() {
		if r := []rune(p.Emoji); len(r) != 1 || r[0] > 0x1f9ff {
			t.Errorf("%s is %x: not one character of Unicode 11 or older", p.Name, r)
		}
		if seen[p.Emoji] || seen[p.Name] {
			t.Errorf("%s %s is there twice", p.Emoji, p.Name)
		}
		seen[p.Emoji], seen[p.Name] = true, true
	}
	if len(Pictures()) != 64 {
		t.Errorf("%d pictures", len(Pictures()))
	}
}

// say lets one end decide, and the other one hear of it.
func say(t *testing.T, x, other *Exchange, v wire.Verdict) {
	t.Helper()
	f, ok := x.Say(v)
	if !ok {
		t.Fatalf("verdict %d is not taken", v)
	}
	pass(t, other, f)
}

func TestOverOnlyWhenBothHaveSaidSame(t *testing.T) {
	i, r := compare(t)
	say(t, i, r, wire.VerdictSame)
	if i.Over() || r.Over() {
		t.Error("over after one of two verdicts")
	}
	say(t, r, i, wire.VerdictSame)
	if !i.Over() || !r.Over() {
		t.Error("not over after both have said the same")
	}
	if _, ok := i.Say(wire.VerdictDifferent); ok {
		t.Error("a second verdict is taken")
	}
}

func TestOneDifferentEndsIt(t *testing.T) {
	for _, v := range []wire.Verdict{wire.VerdictDifferent, wire.VerdictStopped} {
		i, r := compare(t)
		say(t, i, r, wire.VerdictSame)
		say(t, r, i, v)
		said, heard := i.Verdicts()
		if !i.Over() || !r.Over() || *said != wire.VerdictSame || *heard != v {
			t.Errorf("verdict %d does not end it", v)
		}
	}
}

// A person who has said "same" may still lose patience.
func TestStopAfterSame(t *testing.T) {
	i, r := compare(t)
	say(t, i, r, wire.VerdictSame)
	f, ok := i.Stop()
	if !ok {
		t.Fatal("cannot be stopped")
	}
	pass(t, r, f)
	if _, heard := r.Verdicts(); !r.Over() || *heard != wire.VerdictStopped {
		t.Error("the other side does not know that it was stopped")
	}
}

func TestSameWithoutACodeIsNone(t *testing.T) {
	a, b := pair()
	i, first := Begin(a)
	if f, ok := i.Say(wire.VerdictSame); !ok || f.Body[32] != byte(wire.VerdictStopped) {
		t.Errorf("the initiator says % x", f.Body)
	}
	r := Asked(b, wire.Commitment(first.Body))
	if f, ok := r.Say(wire.VerdictDifferent); !ok || f.Body[32] != byte(wire.VerdictStopped) {
		t.Errorf("the responder says % x", f.Body)
	}
}

// TestBothBeginAtOnce lets two Verify frames cross: one exchange is left, without a second question.
func TestBothBeginAtOnce(t *testing.T) {
	a, b := pair() // a has the smaller ID
	i, fromA := Begin(a)
	r, fromB := Begin(b)
	if answers := pass(t, i, fromB); len(answers) != 0 {
		t.Fatalf("the side with the smaller ID answers %v", answers)
	}
	pass(t, r, pass(t, i, pass(t, r, fromA)...)...)
	ci, ok := i.Code()
	cr, too := r.Code()
	if !ok || !too || ci != cr {
		t.Fatalf("codes %v (%v) and %v (%v)", ci, ok, cr, too)
	}
	say(t, i, r, wire.VerdictSame)
	say(t, r, i, wire.VerdictSame)
	if !i.Over() || !r.Over() {
		t.Error("not over")
	}
}

func TestFramesOfAnotherExchangeMeanNothing(t *testing.T) {
	i, r := compare(t)
	var other wire.Commitment
	for _, x := range []*Exchange{i, r} {
		before := *x
		pass(t, x, Frame{wire.TypeNonce, wire.AppendNonce(nil, other, wire.Nonce{})}, Verdict(other, wire.VerdictDifferent))
		if *x != before {
			t.Error("a frame of another exchange has changed this one")
		}
	}
}

// TestOutOfOrder has what a peer must not send, at each point.
func TestOutOfOrder(t *testing.T) {
	asInitiator := func(t *testing.T) *Exchange {
		a, _ := pair()
		x, _ := Begin(a)
		return x
	}
	asResponder := func(t *testing.T) *Exchange {
		_, b := pair()
		return Asked(b, wire.Commitment{7})
	}
	agreed := func(t *testing.T) *Exchange {
		x := asResponder(t)
		x.Agree()
		return x
	}
	comparedI := func(t *testing.T) *Exchange { i, _ := compare(t); return i }
	comparedR := func(t *testing.T) *Exchange { _, r := compare(t); return r }
	saidSame := func(t *testing.T) *Exchange {
		i, r := compare(t)
		say(t, r, i, wire.VerdictSame)
		return i
	}
	crossed := func(t *testing.T) *Exchange {
		x := asInitiator(t)
		pass(t, x, Frame{wire.TypeVerify, make([]byte, 32)})
		return x
	}
	nonce := func(x *Exchange) Frame {
		return Frame{wire.TypeNonce, wire.AppendNonce(nil, x.commitment, wire.Nonce{8})}
	}
	verify := func(*Exchange) Frame { return Frame{wire.TypeVerify, make([]byte, 32)} }
	verdict := func(v wire.Verdict) func(*Exchange) Frame {
		return func(x *Exchange) Frame { return Verdict(x.commitment, v) }
	}
	for name, tt := range map[string]struct {
		at   func(*testing.T) *Exchange
		send func(*Exchange) Frame
	}{
		"a nonce that was not committed to":    {agreed, nonce},
		"the nonce before the person agrees":   {asResponder, nonce},
		"a second commitment before the nonce": {asResponder, verify},
		"a second commitment after the nonce":  {agreed, verify},
		"a second commitment after the code":   {comparedR, verify},
		"a commitment to who has the code":     {comparedI, verify},
		"a third commitment at once":           {crossed, verify},
		"a second nonce of the initiator":      {comparedR, nonce},
		"a second nonce of the responder":      {comparedI, nonce},
		"same before the code":                 {asInitiator, verdict(wire.VerdictSame)},
		"different before the code":            {agreed, verdict(wire.VerdictDifferent)},
		"declined after the nonce":             {comparedI, verdict(wire.VerdictDeclined)},
		"declined by who has begun":            {asResponder, verdict(wire.VerdictDeclined)},
		"busy by who has begun":                {agreed, verdict(wire.VerdictBusy)},
		"a second verdict":                     {saidSame, verdict(wire.VerdictDifferent)},
		"the same verdict again":               {saidSame, verdict(wire.VerdictSame)},
		"a verdict that there is not":          {comparedI, verdict(9)},
		"a frame that is none of an exchange":  {comparedI, func(*Exchange) Frame { return Frame{wire.TypeBye, nil} }},
		"a commitment of the wrong size":       {asInitiator, func(*Exchange) Frame { return Frame{wire.TypeVerify, make([]byte, 31)} }},
		"a nonce of the wrong size":            {asInitiator, func(*Exchange) Frame { return Frame{wire.TypeNonce, make([]byte, 65)} }},
		"a verdict of the wrong size":          {comparedR, func(*Exchange) Frame { return Frame{wire.TypeVerdict, nil} }},
	} {
		t.Run(name, func(t *testing.T) {
			x := tt.at(t)
			f := tt.send(x)
			answers, err := x.Heard(f.Type, f.Body)
			if !errors.Is(err, fault.Protocol) || len(answers) != 0 || !x.Over() {
				t.Errorf("answered with %v, %v; over: %v", answers, err, x.Over())
			}
			if _, ok := x.Code(); ok {
				t.Error("there is a code after that")
			}
			if _, ok := x.Say(wire.VerdictSame); ok {
				t.Error("a person can still say same")
			}
		})
	}
}

// TestRelayedFrames is a man in the middle who only relays: two sessions, other keys, other identities.
func TestRelayedFrames(t *testing.T) {
	mallory := identity.PeerID{3}
	toA := Parties{[KeySize]byte{1}, anna, mallory}
	toB := Parties{[KeySize]byte{2}, ben, mallory}
	i, first := Begin(toA)
	r := Asked(toB, wire.Commitment(first.Body))
	nonce, _ := r.Agree()
	answers := pass(t, i, nonce)
	if _, err := r.Heard(answers[0].Type, answers[0].Body); !errors.Is(err, fault.Protocol) {
		t.Errorf("a relayed commitment is taken: %v", err)
	}
}

// FuzzExchange throws frames and decisions at one end in any order.
func FuzzExchange(f *testing.F) {
	f.Add(true, []byte{0, 1, 2, 3, 4, 5})
	f.Add(false, []byte{8, 1, 9, 2, 9, 11, 12})
	f.Add(true, []byte{2, 9, 3, 3, 7})
	f.Fuzz(func(t *testing.T, initiator bool, script []byte) {
		a, b := pair()
		x, first := Begin(a)
		peers := wire.Nonce{5}
		if !initiator {
			x = Asked(b, commit(a.Key, a.Self, a.Peer, peers))
		}
		nonces := 0
		count := func(frames ...Frame) {
			for _, f := range frames {
				if f.Type == wire.TypeNonce {
					nonces++
				}
			}
		}
		for n, op := range script {
			frame := Frame{wire.Type(op), script[n:]}
			switch op % 12 {
			case 0:
				frame = Frame{wire.TypeVerify, bytes.Repeat([]byte{op}, 32)}
			case 1:
				frame = Frame{wire.TypeNonce, wire.AppendNonce(nil, x.commitment, peers)}
			case 2:
				frame = Frame{wire.TypeNonce, wire.AppendNonce(nil, x.commitment, wire.Nonce{op})}
			case 3, 4, 5:
				frame = Verdict(x.commitment, wire.Verdict(op/12))
			case 6:
				frame = first
			case 8:
				if f, ok := x.Agree(); ok {
					count(f)
				}
				continue
			case 9:
				x.Say(wire.Verdict(op / 12))
				continue
			case 10:
				x.Stop()
				continue
			}
			was := x.Over()
			answers, err := x.Heard(frame.Type, frame.Body)
			count(answers...)
			if was && (err != nil || len(answers) > 0) {
				t.Fatalf("after the end: %v, %v", answers, err)
			}
			if err != nil && (!errors.Is(err, fault.Protocol) || !x.Over()) {
				t.Fatalf("%v does not end it: %v", frame.Type, err)
			}
		}
		if nonces > 1 {
			t.Fatalf("%d nonces were sent", nonces)
		}
		said, heard := x.Verdicts()
		if said != nil && heard != nil && *said == wire.VerdictSame && *heard == wire.VerdictSame && x.theirs == (wire.Nonce{}) {
			t.Fatal("verified without a nonce of the peer's")
		}
	})
}
