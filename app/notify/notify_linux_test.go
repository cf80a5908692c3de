package notify

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"ferry/app/bus/bustest"
	"ferry/ui"
)

const patience = 60 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A note is what a server was asked to show.
type note struct {
	Title, Text string
	Actions     []string
	Hints       map[string]dbus.Variant
}

// A server plays the desktop's notification server.
type server struct {
	can    []string
	shown  chan note
	closed chan uint32
	conn   *dbus.Conn
}

func (s *server) GetCapabilities() ([]string, *dbus.Error) { return s.can, nil }

func (s *server) Notify(_ string, _ uint32, _, title, text string, actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.shown <- note{title, text, actions, hints}
	return 7, nil
}

func (s *server) CloseNotification(id uint32) *dbus.Error {
	s.closed <- id
	return nil
}

// choose is a click on a button of notice id.
func (s *server) choose(t *testing.T, id uint32, action string) {
	t.Helper()
	if err := s.conn.Emit(object, signalAction, id, action); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, can ...string) *server {
	t.Helper()
	address := bustest.Start(t)
	bustest.Use(t, "", address)
	s := &server{can: can, shown: make(chan note, 1), closed: make(chan uint32, 1)}
	s.conn = bustest.Own(t, address, service, s, object, service)
	return s
}

func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
		panic("not reached")
	}
}

// notify shows an offer, and tells what was chosen and how it ended.
func notify(t *testing.T, ctx context.Context, n *Notifier) (chosen <-chan string, ended <-chan error) {
	t.Helper()
	c, e := make(chan string, 1), make(chan error, 1)
	go func() {
		e <- n.Notify(ctx, ui.Notice{
			Title: "Ferry", Text: "<b>Anna</b> & co want to send you a file",
			Actions: []ui.Action{{ID: "accept", Label: "Accept"}, {ID: "decline", Label: "Decline"}},
			Chosen:  func(id string) { c <- id },
		})
	}()
	return c, e
}

func TestAButtonIsChosen(t *testing.T) {
	s := start(t, "actions", "body-markup")
	chosen, ended := notify(t, t.Context(), &Notifier{Name: "Ferry", Entry: "ferry"})
	got := within(t, "the notice", s.shown)
	if want := "&lt;b&gt;Anna&lt;/b&gt; &amp; co want to send you a file"; got.Text != want {
		t.Errorf("text %q, want %q: a name is no markup", got.Text, want)
	}
	if want := []string{"default", "Ferry", "accept", "Accept", "decline", "Decline"}; !slices.Equal(got.Actions, want) {
		t.Errorf("actions %q, want %q", got.Actions, want)
	}
	s.choose(t, 6, "decline") // another program's
	s.choose(t, 7, "accept")
	if id := within(t, "the choice", chosen); id != "accept" {
		t.Errorf("chosen: %q", id)
	}
	if id := within(t, "the end of the notice", s.closed); id != 7 {
		t.Errorf("closed %d", id)
	}
	if err := within(t, "the end", ended); err != nil {
		t.Error(err)
	}
}

func TestAClickOnTheNoticeShowsTheWindow(t *testing.T) {
	s := start(t, "actions")
	chosen, ended := notify(t, t.Context(), &Notifier{Name: "Ferry", Entry: "ferry"})
	if got := within(t, "the notice", s.shown); got.Text != "<b>Anna</b> & co want to send you a file" {
		t.Errorf("text %q for a server that knows no markup", got.Text)
	}
	s.choose(t, 7, "default")
	if id := within(t, "the choice", chosen); id != ui.ShowAction {
		t.Errorf("chosen: %q", id)
	}
	if err := within(t, "the end", ended); err != nil {
		t.Error(err)
	}
}

func TestAnOfferThatIsWithdrawnIsGone(t *testing.T) {
	s := start(t, "actions")
	ctx, withdraw := context.WithCancel(t.Context())
	_, ended := notify(t, ctx, &Notifier{Name: "Ferry", Entry: "ferry"})
	within(t, "the notice", s.shown)
	withdraw()
	if err := within(t, "the end", ended); err != nil {
		t.Error(err)
	}
	if id := within(t, "the end of the notice", s.closed); id != 7 {
		t.Errorf("closed %d", id)
	}
}

func TestAServerWithoutButtonsGetsNone(t *testing.T) {
	s := start(t)
	_, ended := notify(t, t.Context(), &Notifier{Name: "Ferry", Entry: "ferry", Silent: func() bool { return true }})
	got := within(t, "the notice", s.shown)
	if len(got.Actions) != 0 {
		t.Errorf("actions %q", got.Actions)
	}
	if silent, ok := got.Hints["suppress-sound"]; !ok || silent.Value() != true {
		t.Errorf("hints %v", got.Hints)
	}
	if err := s.conn.Emit(object, signalClosed, uint32(7), uint32(2)); err != nil {
		t.Fatal(err)
	}
	if err := within(t, "the end", ended); err != nil {
		t.Error(err)
	}
}

func TestNoServerIsAnError(t *testing.T) {
	bustest.Use(t, "", bustest.Start(t))
	if err := new(Notifier).Notify(t.Context(), ui.Notice{}); err == nil {
		t.Error("shown to nobody")
	}
	bustest.Use(t, "", "")
	if err := new(Notifier).Notify(t.Context(), ui.Notice{}); err == nil {
		t.Error("shown without a bus")
	}
}
