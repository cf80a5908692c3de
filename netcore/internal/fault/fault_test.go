package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestEveryKindHasACodeOfItsOwn(t *testing.T) {
	seen := map[Code]bool{}
	for _, row := range table {
		if seen[row.code] {
			t.Errorf("code %q is there twice", row.code)
		}
		seen[row.code] = true
		wrapped := &Error{Op: "send", Path: "a/b", Err: fmt.Errorf("%w: details", row.kind)}
		if got := CodeOf(wrapped); got != row.code {
			t.Errorf("CodeOf(%v) = %q, want %q", wrapped, got, row.code)
		}
		if got := row.code.Kind(); got != row.kind {
			t.Errorf("%q is the code of %v, want %v", row.code, got, row.kind)
		}
	}
}

func TestUnknownIsInternal(t *testing.T) {
	if got := CodeOf(errors.New("whatever")); got != "internal" {
		t.Errorf("code of an error of no kind is %q", got)
	}
	if got := Code("from the future").Kind(); got != Internal {
		t.Errorf("kind of an unknown code is %v", got)
	}
}

func TestErrorText(t *testing.T) {
	tests := []struct {
		err  Error
		want string
	}{
		{Error{Op: "send", Peer: "Anna", Path: "a.txt", Err: NoSpace}, "send Anna a.txt: not enough free space"},
		{Error{Op: "send", Peer: "Anna", Remote: true, Err: Cancelled}, "send Anna: the other side says: cancelled"},
		{Error{Err: Lost}, "the connection was lost"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
