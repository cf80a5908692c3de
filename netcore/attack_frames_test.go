package netcore_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

// bodies has a body for each type of frame that is right in itself, so that nothing is wrong
// with the frame but the moment.
func bodies(t *testing.T) map[wire.Type][]byte {
	t.Helper()
	control := func(v any) []byte {
		body, err := wire.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	id := netcore.TransferID(rand128()).String()
	var page wire.Page
	page.Add(wire.Entry{Path: "evil.txt", Size: 4})
	var have wire.HavePage
	sum := make([]byte, wire.HashSize)
	return map[wire.Type][]byte{
		wire.TypePing:    make([]byte, 8),
		wire.TypePong:    make([]byte, 8),
		wire.TypeHello:   control(wire.Hello{Purpose: wire.PurposeTransfer, Name: "Mallory", Instance: "1"}),
		wire.TypeBye:     nil,
		wire.TypeWake:    make([]byte, 16),
		wire.TypeCancel:  make([]byte, 16),
		wire.TypeCall:    make([]byte, 16),
		wire.TypeAddrs:   control(wire.Addrs{}),
		wire.TypeCheck:   nil,
		wire.TypeChecked: control(wire.Checked{}),
		wire.TypeVerify:  make([]byte, wire.CommitmentSize),
		wire.TypeNonce:   wire.AppendNonce(nil, wire.Commitment{}, wire.Nonce{}),
		wire.TypeVerdict: wire.AppendVerdict(nil, wire.Commitment{}, wire.VerdictSame),
		wire.TypePicture: []byte("evil"),
		wire.TypeOffer:   control(wire.Offer{ID: id, Files: 1, Bytes: 4}),
		wire.TypeEntries: bytes.Clone(page.Body()),
		wire.TypeAnswer:  control(wire.Answer{Accept: true}),
		wire.TypeHave:    bytes.Clone(have.Body(1)),
		wire.TypeJoin:    control(wire.Join{ID: id}),
		wire.TypeFile:    wire.AppendFile(nil, 0, 0),
		wire.TypeData:    []byte("evil"),
		wire.TypeSum:     sum,
		wire.TypeFault:   wire.AppendFault(nil, 0, "unreadable"),
		wire.TypeDone:    control(wire.Done{Root: sum}),
		wire.TypeReceipt: control(wire.Receipt{Root: sum}),
		wire.TypeHole:    wire.AppendHole(nil, 4),
		wire.TypePart:    append(wire.AppendPartNumber(nil, 0), "evil"...),
	}
}

// A moment is a state of a connection, as PROTOCOL.md names them.
type moment struct {
	name    string
	purpose wire.Purpose                // empty: before the hello
	reach   func(*testing.T, *stranger) // from the end of the hellos
	allowed []wire.Type                 // beside Ping, Pong and Error
	code    string                      // that a frame out of order is answered with
}

// moments are the states of section 6, at a receiver, and those of a link.
func moments() []moment {
	file := wire.Entry{Path: "evil.txt", Size: 4, ModTime: time.Unix(1, 0)}
	nothing := func(*testing.T, *stranger) {}
	accepted := func(t *testing.T, s *stranger) {
		s.offer(t, file)
		for _, want := range []wire.Type{wire.TypeAnswer, wire.TypeHave} {
			if typ, _, err := s.r.Next(); err != nil || typ != want {
				t.Fatalf("%v, %v; want %v", typ, err, want)
			}
		}
	}
	return []moment{
		{"before the hello", "", nothing, []wire.Type{wire.TypeHello}, ""},
		{"link", wire.PurposeLink, nothing, []wire.Type{
			wire.TypeBye, wire.TypeWake, wire.TypeCancel, wire.TypeCall, wire.TypeAddrs, wire.TypeCheck, wire.TypeChecked,
			wire.TypeVerify, wire.TypeNonce, wire.TypeVerdict, wire.TypePicture,
		}, "protocol"},
		{"before the offer", wire.PurposeTransfer, nothing, []wire.Type{wire.TypeOffer, wire.TypeJoin}, "protocol"},
		{"listing", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			s.control(t, wire.TypeOffer, wire.Offer{ID: netcore.TransferID(rand128()).String(), Files: 2, Bytes: 8})
		}, []wire.Type{wire.TypeEntries}, "protocol"},
		{"deciding", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			s.offer(t, wire.Entry{Path: "undecided", Size: 4})
		}, nil, "protocol"},
		{"delivering, between files", wire.PurposeTransfer, accepted, []wire.Type{wire.TypeFile, wire.TypeFault, wire.TypeDone}, "protocol"},
		{"delivering, within a file", wire.PurposeTransfer, func(t *testing.T, s *stranger) {
			accepted(t, s)
			s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 0))
		}, []wire.Type{wire.TypeData, wire.TypeHole, wire.TypeFault}, "protocol"},
	}
}

// TestNoFrameOutOfItsState says each frame in each state in which it must not come, to a real
// node: the connection ends, with the reason, and nothing of it is in the inbox. Types that PROTOCOL.md does not
// have are among them.
func TestNoFrameOutOfItsState(t *testing.T) {
	bob := netcoretest.Start(t, "Bob", func(c *netcore.Config, r *netcoretest.Recorder) {
		r.Answer = acceptAllBut("undecided")
	})
	known, states := bodies(t), moments()
	for typ := range wire.Type(0x30) {
		t.Run(typ.String(), func(t *testing.T) {
			// A node that is asked and asked in vain makes strangers wait; consent, in a later state, ends that.
			for _, m := range states {
				if !m.allows(typ) {
					m.attack(t, bob, typ, known)
				}
			}
		})
	}
	noFiles(t, bob.Inbox())
}

func (m moment) allows(typ wire.Type) bool {
	switch typ {
	case wire.TypeError, wire.TypePing, wire.TypePong:
		return m.purpose != ""
	}
	return slices.Contains(m.allowed, typ)
}

// attack says the frame, and wants the end of the connection.
func (m moment) attack(t *testing.T, victim *netcoretest.Host, typ wire.Type, known map[wire.Type][]byte) {
	t.Helper()
	s := dialStranger(t, victim, m.purpose)
	defer s.Close()
	m.reach(t, s)
	if body, ok := known[typ]; ok {
		s.frame(t, typ, body)
	} else {
		s.raw(t, []byte{0, 0, 0, 1, byte(typ), 0})
	}
	if code := s.last(t); code != m.code {
		t.Errorf("%s: ended with %q, want %q", m.name, code, m.code)
	}
}

// acceptAllBut accepts every offer but one of an entry of that name, on which it never decides.
func acceptAllBut(name string) func(context.Context, netcore.Offer) netcore.Answer {
	return func(ctx context.Context, o netcore.Offer) netcore.Answer {
		if o.Top[0].Path == name {
			<-ctx.Done()
			return netcore.Answer{}
		}
		return netcore.Answer{Accept: true}
	}
}

// noFiles fails if there is a file in dir but what Ferry keeps for itself.
func noFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case d.IsDir() && path != dir && d.Name()[0] == '.':
			return fs.SkipDir
		case !d.IsDir():
			return fmt.Errorf("%s was written", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
