//go:build uiprobe

package ui

// The probe lets an end-to-end test find its way on the screen. It is in
// builds with "-tags uiprobe" only, and does nothing unless the environment variable
// FERRY_PROBE names a path: there the window listens on a unix socket.
//
// Each connection is given one JSON object and is closed:
//
//	{"title": "Ferry", "scale": 1, "width": 900, "height": 640,
//	 "widgets": [{"id": "peer:<peer id>", "text": "Anna", "x": 14, "y": 97, "w": 272, "h": 56}, …]}
//
// All numbers but scale are device pixels; x and y are those of the upper
// left corner, from the upper left corner of the window's client area (without the
// frame that a window manager draws). Only what can be seen and used at this
// moment is listed: nothing that is hidden, disabled, scrolled away, or below
// an open sheet, but for self.name, status and the rows, which are always told, for they
// are read and not pressed. Text is complete even where the screen shows
// an ellipsis. A peer ID has 52 characters, a transfer ID 32.
//
//	id                       what it is; text
//	self.name                this device's name; pressed, it is a field
//	self.picture             its avatar
//	status                   the line on where received files go
//	warning                  the warning bar; its words
//	warning.close            its button
//	peer:<peer id>           a card in the sidebar; the peer's name
//	button.files             "Send files…"
//	button.folder            "Send folder…"
//	button.clear             "Clear finished"
//	presence                 the line on where this device can be found
//	button.settings          the gear; "Settings"
//	button.address           "Show my address"
//	button.connect           "Connect by address…"
//	button.visibility        who can see this device; that in words
//	check:<n>                a line where nobody is, from 0: what is so, what to
//	                         do, and a command, " | " between them
//	seen:<peer id>           the second line of a card
//	about:<peer id>          the button of a card that opens its menu
//	tip                      what the button below the pointer does
//	menu:<n>                 an item of the menu that is open, from 0; its words
//	search                   the field to search devices; what is in it
//	blocked                  how many devices are blocked
//	transfer:<transfer id>   a row; its words: name | caption | rate and time
//	                         ("report.pdf | to Anna · 31 of 48 MB | 112 MB/s · 3 s left",
//	                         "report.pdf and 3 more | to Anna · Anna declined")
//	transfer:<id>.cancel     its buttons, those that do something; their tips:
//	transfer:<id>.drop       "Cancel", "Pause", …
//	transfer:<id>.pause
//	transfer:<id>.resume
//	transfer:<id>.retry
//	transfer:<id>.open
//	transfer:<id>.show
//	transfer:<id>.details
//	drop                     what lights up while files are dragged: a card, or all beside
//	                         the cards; what it says
//	toast                    the message at the foot; its words
//	toast.undo               its button
//	offer                    the card of the offer that is open; all its words, " | "
//	                         between them
//	offer.accept             its buttons, listed once they take answers (half
//	offer.decline            a second after the card came)
//	offer.always
//	offer.block
//	offer.change             the button for another folder
//	offer.entry:<path>       a line of what comes that is on screen; its words
//	offer.tick:<path>        the box on it
//	offer.line:<n>           an offer that waits, from 0; its words
//	chooser                  "Send to whom?"; all its words
//	chooser:<peer id>        a card in it; the peer's name
//	chooser.cancel           its buttons
//	chooser.send
//	sheet                    any other sheet (quit?, details, keep what is
//	                         there?, speed limits, …); all its words
//	sheet.<n>                its buttons, from the left, from 0; their words
//	option:<n>               the answers of the sheet for visibility, from 0
//	connect.address          the field of the sheet to connect; what is in it
//	tab:<n>                  the tabs of the main area, from 0; their words
//	history.search           the field of the history; what is in it
//	history.clear            "Clear history"
//	section:<n>              the sections of the settings, from 0; their words
//	toggle:<name>            a switch in the open section; true or false
//	choice:<words>           one of several answers there; true or false
//	do:<words>               a button there
//	settings.name            the field for this device's name; what is in it
//	settings.picture         this device's avatar
//	limits.upload            the fields for speed limits; what is
//	limits.download          in them

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"
)

type probeReport struct {
	Title   string        `json:"title"`
	Scale   float32       `json:"scale"`
	Width   int           `json:"width"`
	Height  int           `json:"height"`
	Widgets []probeWidget `json:"widgets"`
}

type probeWidget struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	X    int    `json:"x"`
	Y    int    `json:"y"`
	W    int    `json:"w"`
	H    int    `json:"h"`
}

// startProbe listens where FERRY_PROBE says until stop is called.
func (w *Window) startProbe() (stop func()) {
	path := os.Getenv("FERRY_PROBE")
	if path == "" {
		return func() {}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		w.log.Error("probe", "error", err)
		return func() {}
	}
	w.work.Go(func() { w.serveProbe(listener) })
	return func() {
		if err := listener.Close(); err != nil {
			w.log.Error("probe", "error", err)
		}
	}
}

func (w *Window) serveProbe(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		if err := errors.Join(w.answerProbe(conn), conn.Close()); err != nil {
			w.log.Warn("probe", "error", err)
		}
	}
}

func (w *Window) answerProbe(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	report := make(chan probeReport, 1)
	w.ui(func() { report <- w.probe() })
	select {
	case r := <-report:
		return json.NewEncoder(conn).Encode(r)
	case <-w.ended.Done():
		return nil
	}
}

// probe is what is on the screen now.
func (w *Window) probe() probeReport {
	c := w.win.Canvas()
	p := &prober{window: w, scale: c.Scale()}
	p.sidebar()
	p.main()
	p.transfers()
	p.drop()
	p.toast()
	p.offers()
	p.menu()
	p.tip()
	p.sheet()
	return probeReport{
		Title: w.win.Title(), Scale: p.scale,
		Width: p.pixels(c.Size().Width), Height: p.pixels(c.Size().Height),
		Widgets: p.found,
	}
}

// A prober collects widgets.
type prober struct {
	window *Window
	scale  float32
	found  []probeWidget
}

func (p *prober) pixels(v float32) int { return int(v*p.scale + 0.5) }

func (p *prober) add(id, text string, o fyne.CanvasObject) {
	a := p.window.area(o)
	if a.size.IsZero() {
		return
	}
	p.found = append(p.found, probeWidget{
		ID: id, Text: text,
		X: p.pixels(a.pos.X), Y: p.pixels(a.pos.Y), W: p.pixels(a.size.Width), H: p.pixels(a.size.Height),
	})
}

// addFree adds what can be pressed: not what lies below a sheet.
func (p *prober) addFree(id, text string, o fyne.CanvasObject) {
	if p.window.win.Canvas().Overlays().Top() == nil {
		p.add(id, text, o)
	}
}

func (p *prober) button(id string, b *button) {
	if !b.disabled {
		p.add(id, b.words(), b)
	}
}

func (p *prober) sidebar() {
	s := p.window.sidebar
	p.add("self.name", s.name.words(), s.name)
	p.addFree("self.picture", s.face.words(), s.face)
	p.add("presence", s.found.words(), s.found)
	p.addFree("button.settings", s.settings.words(), s.settings)
	p.addFree("button.address", s.address.words(), s.address)
	p.addFree("button.connect", s.connect.words(), s.connect)
	p.addFree("button.visibility", s.visible.words(), s.visible)
	p.add("status", s.status.words(), s.status)
	p.addFree("blocked", s.blocked.words(), s.blocked)
	p.addFree("search", s.search.Text, s.search)
	for _, o := range s.cards.inside() {
		c := o.(*card)
		id := c.peer.ID.String()
		p.addFree("peer:"+id, c.name.words(), c)
		p.add("seen:"+id, c.caption.words(), c.caption)
		p.addFree("about:"+id, c.more.words(), c.more)
	}
	if s.checks.root.Visible() {
		for i, line := range s.checks.lines.Objects {
			p.add(fmt.Sprintf("check:%d", i), strings.Join(spoken(line), " | "), line)
		}
	}
}

func (p *prober) main() {
	m := p.window.main
	p.addFree("button.files", m.files.words(), m.files)
	p.addFree("button.folder", m.folder.words(), m.folder)
	p.addFree("button.clear", m.transfers.clear.words(), m.transfers.clear)
	for i, tab := range m.tabs.all {
		p.addFree(fmt.Sprintf("tab:%d", i), tab.words(), tab)
	}
	if m.now() == pageHistory {
		p.addFree("history.search", m.history.search.Text, m.history.search)
		p.addFree("history.clear", m.history.clear.words(), m.history.clear)
	}
	if m.notice.Visible() {
		p.add("warning", m.warning.words.words, m.warning)
		p.addFree("warning.close", m.warning.close.words(), m.warning.close)
	}
}

// transfers adds the rows, of the page that is open, of which at least the middle is on screen.
func (p *prober) transfers() {
	l := p.window.main.transfers.list
	if p.window.main.now() == pageHistory {
		l = p.window.main.history.list
	}
	list := p.window.area(l)
	for _, r := range l.rows {
		a := p.window.area(r)
		if !contains(list, a.pos.AddXY(a.size.Width/2, a.size.Height/2)) {
			continue
		}
		id := "transfer:" + r.item.ID.String()
		p.add(id, r.words(), r)
		for d, b := range r.buttons() {
			p.addFree(id+"."+deedNames[d], b.words(), b)
		}
	}
}

var deedNames = [deeds]string{
	doCancel: "cancel", doDrop: "drop", doPause: "pause", doResume: "resume", doRetry: "retry",
	doOpen: "open", doShow: "show", doDetails: "details",
}

// offers adds the offer that is open, and those that wait.
func (p *prober) offers() {
	w := p.window
	o := w.offers.first()
	if o == nil {
		return
	}
	p.add("offer", strings.Join(spoken(o), " | "), o)
	for i, name := range []string{"block", "decline", "always", "accept"} {
		if !o.buttons[i].disabled {
			p.addFree("offer."+name, o.buttons[i].words(), o.buttons[i])
		}
	}
	p.addFree("offer.change", o.place.change.words(), o.place.change)
	for _, line := range o.list.list.inside() {
		r := line.(*entryRow)
		p.addFree("offer.entry:"+r.path, strings.Join(spoken(r), " | "), r)
		p.addFree("offer.tick:"+r.path, "", r.tick)
	}
	for i, waiting := range w.offers.waiting[1:min(len(w.offers.waiting), 1+lined)] {
		p.addFree(fmt.Sprintf("offer.line:%d", i), waiting.line.words.words(), waiting.line)
	}
}

// menu adds the items of the menu that is open.
func (p *prober) menu() {
	m := p.window.menu
	if m == nil || !m.open {
		return
	}
	for i, line := range m.lines {
		if !line.off {
			p.add(fmt.Sprintf("menu:%d", i), line.label, line)
		}
	}
}

// tip adds what the button below the pointer does.
func (p *prober) tip() {
	if t := p.window.tips; t.panel.Visible() {
		p.addFree("tip", t.words.words(), t.panel)
	}
}

// drop adds where what is dragged over the window would go.
func (p *prober) drop() {
	h := &p.window.hover
	if h.card != nil {
		p.add("drop", h.card.caption.words(), h.card)
	}
	if h.hint.Visible() {
		p.add("drop", h.hint.text.words(), h.hint)
	}
}

func (p *prober) toast() {
	t := p.window.toasts
	if t.panel.Visible() {
		p.add("toast", t.words.words(), t.panel)
		p.addFree("toast.undo", t.undo.words(), t.undo)
	}
}

func (p *prober) sheet() {
	w := p.window
	s := w.topSheet()
	if s == nil {
		return
	}
	words := strings.Join(spoken(s.panel), " | ")
	switch {
	case w.asking != nil && w.asking.sheet == s:
		p.add("chooser", words, s.panel)
		for _, o := range w.asking.cards.inside() {
			c := o.(*card)
			p.add("chooser:"+c.peer.ID.String(), c.name.words(), c)
		}
		p.button("chooser.cancel", s.buttons[0])
		p.button("chooser.send", s.buttons[1])
	default:
		p.add("sheet", words, s.panel)
		for i, b := range s.buttons {
			p.button(fmt.Sprintf("sheet.%d", i), b)
		}
		if l := w.setting; l != nil && l.sheet == s {
			p.settings(l)
		}
		if c := w.connecting; c != nil && c.sheet == s {
			p.add("connect.address", c.address.Text, c.address)
		}
		p.answers(s.panel)
	}
}

// settings adds what is in the section of the settings that is open.
func (p *prober) settings(s *settingsSheet) {
	for i, c := range s.rail.all {
		p.add(fmt.Sprintf("section:%d", i), c.words(), c)
	}
	walk(s.scroll.Content, func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *toggle:
			p.add("toggle:"+o.name.words(), fmt.Sprint(o.on), o)
		case *choice:
			p.add("choice:"+o.words(), fmt.Sprint(o.chosen), o)
		case *button:
			p.button("do:"+o.words(), o)
		}
	})
	if s.face != nil {
		p.add("settings.picture", "", s.face)
	}
	for id, field := range map[string]*entry{"settings.name": s.name, "limits.upload": s.upload, "limits.download": s.download} {
		if field != nil {
			p.add(id, field.Text, field)
		}
	}
}

// answers adds what can be pressed in the body of a sheet.
func (p *prober) answers(panel fyne.CanvasObject) {
	n := 0
	walk(panel, func(o fyne.CanvasObject) {
		if o, ok := o.(*option); ok {
			p.add(fmt.Sprintf("option:%d", n), o.name.words(), o)
			n++
		}
	})
}

func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	visit(o)
	if c, ok := o.(*fyne.Container); ok {
		for _, child := range c.Objects {
			walk(child, visit)
		}
	}
}
