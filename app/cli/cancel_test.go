package main

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"testing"

	"ferry/netcore"
)

// Who presses ctrl-C means the transfer; who ends the program another way
// means the program, and the transfer is remembered.
func TestOnlyCtrlCCancels(t *testing.T) {
	for _, test := range []struct {
		signal    syscall.Signal
		cancelled []netcore.TransferID
		words     string
	}{
		{syscall.SIGINT, []netcore.TransferID{fakeID}, "Not sent: notes.txt to Bob: it was cancelled here\n"},
		{syscall.SIGTERM, nil, "Unfinished: notes.txt to Bob; the same command goes on with it\n"},
		{syscall.SIGHUP, nil, "Unfinished: notes.txt to Bob; the same command goes on with it\n"},
	} {
		t.Run(test.signal.String(), func(t *testing.T) {
			b := newBench(&fakeNode{onSend: []netcore.Transfer{outgoing(netcore.Running)}})
			ctx, end := context.WithCancelCause(t.Context())
			ended := make(chan error, 1)
			path := someFile(t)
			p := newProgram(b.host, globals{dir: t.TempDir()})
			go func() { ended <- new(sendOptions).run(ctx, p, []string{"bob", path}) }()
			eventually(t, "sending", func() bool {
				b.node.mu.Lock()
				defer b.node.mu.Unlock()
				return b.node.sent != nil
			})
			end(interrupted{test.signal})
			if err := <-ended; !errors.As(err, new(interrupted)) || exitCode(err) != 128+int(test.signal) {
				t.Errorf("ended with %v", err)
			}
			if !slices.Equal(b.node.cancelled, test.cancelled) {
				t.Errorf("cancelled %v, want %v", b.node.cancelled, test.cancelled)
			}
			if got := b.err.String(); got != test.words {
				t.Errorf("said %q, want %q", got, test.words)
			}
		})
	}
}
