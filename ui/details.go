package ui

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keyFactFrom     key = "details.from"
	keyFactTo       key = "details.to"
	keyFactWhat     key = "details.what"
	keyFactWhere    key = "details.where"
	keyFactWhen     key = "details.when"
	keyFactAccepted key = "details.accepted"
	keyFactByRule   key = "details.accepted.rule"
	keyFactTook     key = "details.took"
	keyFactPath     key = "details.path"
	keyFactSpeed    key = "details.speed"
	keyFactReceipt  key = "details.receipt.name"
	keyFactOver     key = "details.over"
	keyFactWireless key = "details.over.wireless"
	keyFactMost     key = "details.most" // below the graph
	keyFactMean     key = "details.mean"
)

const (
	// detailed is how many entries the details list at most.
	detailed = 200
	// detailsMost is the height from which on they are scrolled.
	detailsMost = 300
)

// A detailsSheet tells all that is known of a transfer. While that moves, it follows.
type detailsSheet struct {
	window *Window
	sheet  *sheet
	item   item
	facts  *fyne.Container
	graph  *graph       // nil if it was never seen moving
	pages  *choiceGroup // the facts, or the files; nil if there are no files
	files  *filesPage
	most   *label            // what the graph is as high as
	scroll *container.Scroll // of the facts
	about  fyne.CanvasObject // that, where it lies
	list   *fyne.Container
}

func (w *Window) showDetails(it item) {
	d := &detailsSheet{window: w, item: it, facts: container.New(tight(3))}
	name, more := firstName(it.Transfer)
	title := newHeading("")
	title.setName(name, andMore(more))
	d.list = container.NewVBox(d.facts)
	if log := w.speeds[it.ID]; log != nil && len(log.rates) > 1 {
		d.graph = newGraph(log)
		d.most = newCaption("")
		d.list.Add(container.New(tight(3), d.graph, d.most))
	}
	d.addFailed()
	d.addRenamed()
	d.scroll = scrolled(d.list)
	d.fill()
	d.about = beyond(d.scroll)
	head, body := container.NewVBox(newCaption(say(phrase{key: keyDetails})), title), d.about
	if wasAccepted(it.Transfer) && !mayBeText(it.Transfer) {
		d.files = newFilesPage(w, it)
		d.pages = w.newChoiceGroup(choiceTab, sayEach(keyOverview, keyFileList), pageFacts, d.turn)
		head.Add(leftPadded(d.pages.row(), -gap)) // its words begin where the title does
		body = container.New(placed{
			min: func() fyne.Size {
				return fyne.NewSize(0, max(d.about.MinSize().Height, d.files.root.MinSize().Height))
			},
			place: func(s fyne.Size) {
				d.about.Resize(s)
				d.files.root.Resize(s)
			},
		}, d.about, d.files.root)
		d.files.root.Hide()
	}
	d.sheet = d.withButtons(container.NewBorder(head, nil, nil, nil, body))
	d.sheet.onClose = d.closed
	w.detailed = d
	d.sheet.show()
}

// The pages of the details.
const (
	pageFacts = iota
	pageFiles
)

// wasAccepted reports whether there may be a list of files: before, nobody has said what is to come.
func wasAccepted(t netcore.Transfer) bool {
	return t.State != netcore.Queued && t.State != netcore.Offered && t.State != netcore.Declined
}

// turn shows the facts or the files.
func (d *detailsSheet) turn(page int) {
	setVisible(d.about, page == pageFacts)
	setVisible(d.files.root, page == pageFiles)
	if page == pageFiles {
		d.files.open()
		d.files.follow(d.item)
	}
}

func (d *detailsSheet) closed() {
	if d.files != nil {
		d.files.close()
	}
}

// withButtons has a button to try again or to copy a text, where that is of use.
func (d *detailsSheet) withButtons(body fyne.CanvasObject) *sheet {
	w, it := d.window, d.item
	shut := func() { d.sheet.close() }
	if mayBeText(it.Transfer) {
		return w.newSheet(body,
			newButton(lookPlain, say(phrase{key: keyClose}), shut),
			newButton(lookPrimary, say(phrase{key: keyCopyText}), func() { shut(); w.copyText(it.Paths[0]) }))
	}
	if !it.can()[doRetry] {
		return w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), shut))
	}
	again := func() { w.retry(it.Transfer) }
	if it.past {
		again = func() { w.sendAgain(it.Transfer) }
	}
	return w.newSheet(body,
		newButton(lookPlain, say(phrase{key: keyClose}), shut),
		newButton(lookPrimary, say(phrase{key: it.retryKey()}), func() { shut(); again() }))
}

// follow shows what has become of the transfer.
func (d *detailsSheet) follow(v view) {
	if d.item.past || d.window.topSheet() != d.sheet {
		return
	}
	i := slices.IndexFunc(v.items, func(it item) bool { return it.ID == d.item.ID })
	if i < 0 || v.items[i].revision == d.item.revision {
		return
	}
	ended := v.items[i].State != d.item.State
	d.item = v.items[i]
	if ended { // there are other buttons and lists now
		d.sheet.close()
		d.window.showDetails(d.item)
		d.window.detailed.resume(d)
		return
	}
	d.fill()
	if d.files != nil {
		d.files.follow(d.item)
	}
}

// resume shows what before did.
func (d *detailsSheet) resume(before *detailsSheet) {
	if before.pages == nil || d.pages == nil {
		return
	}
	d.files.search.SetText(before.files.search.Text)
	d.files.which.set(before.files.which.now)
	d.pages.take(before.pages.now)
}

// fill says the facts anew.
func (d *detailsSheet) fill() {
	d.facts.Objects = nil
	for _, f := range d.window.factsOf(d.item) {
		d.facts.Add(newFact(say(phrase{key: f.name}), sayAll(f.what)))
	}
	d.facts.Refresh()
	if d.graph != nil {
		d.graph.draw()
		d.most.setText(say(phrase{key: keyFactMost, args: args{"Rate": speed(d.graph.log.most()), "Span": span(d.graph.log.length())}}))
	}
	d.scroll.SetMinSize(fyne.NewSize(0, min(d.list.MinSize().Height, detailsMost)))
}

// A fact is something that is so, by its name.
type fact struct {
	name key
	what []phrase
}

// factsOf is what there is to say of a transfer.
func (w *Window) factsOf(it item) []fact {
	t := it.Transfer
	who, where := keyFactTo, ""
	if t.Direction == netcore.Incoming {
		who, where = keyFactFrom, t.Dir
	}
	facts := []fact{{who, []phrase{named(t.Peer.Name)}}}
	if over, ok := w.way(t); ok {
		facts = append(facts, fact{keyFactPath, []phrase{over}})
	}
	if all := counts(t); len(all) > 0 {
		facts = append(facts, fact{keyFactWhat, append(all, phrase{key: keyOfferTotal, args: args{"Size": size(t.Bytes)}})})
	}
	if where != "" {
		facts = append(facts, fact{keyFactWhere, []phrase{named(shortPath(where))}})
	}
	if !t.Started.IsZero() {
		facts = append(facts, fact{keyFactWhen, []phrase{formatMoment(t.Started, w.now())}})
	}
	if t.ByRule {
		facts = append(facts, fact{keyFactAccepted, []phrase{{key: keyFactByRule}}})
	}
	if t.State.Final() && t.Active > 0 {
		facts = append(facts, fact{keyFactTook, []phrase{formatSpan(t.Active)}})
	}
	if p := w.pace(it); len(p) > 0 {
		facts = append(facts, fact{keyFactSpeed, p})
	}
	if r := t.Receipt; r != nil { // of its checksum the beginning, as ferry-cli has it
		root := fmt.Sprintf("%x", r.Root[:min(len(r.Root), 8)])
		facts = append(facts, fact{keyFactReceipt, []phrase{plurally(keyReceipt, r.Files, args{"Size": size(r.Bytes), "Root": root})}})
	}
	return facts
}

// named is a phrase of nothing but a name.
func named(name string) phrase { return phrase{key: keyName, args: args{"Name": name}} }

// counts says how many things of each kind there are.
func counts(t netcore.Transfer) (all []phrase) {
	for _, c := range []struct {
		n int
		k key
	}{{t.Files, keyFiles}, {t.Folders, keyFolders}, {t.Links, keyLinks}} {
		if c.n > 0 {
			all = append(all, plurally(c.k, c.n, nil))
		}
	}
	return all
}

// way says over which network a transfer on its way goes.
func (w *Window) way(t netcore.Transfer) (phrase, bool) {
	i := slices.IndexFunc(w.view.peers, func(p netcore.Peer) bool { return p.ID == t.Peer.ID })
	if i < 0 || t.State.Final() || !w.view.peers[i].Online || len(w.view.peers[i].Addrs) == 0 {
		return phrase{}, false
	}
	p := w.view.peers[i]
	k := keyFactOver
	switch {
	case p.Wireless:
		k = keyFactWireless
	case p.Interface == "":
		return named(address(p.Addrs)), true
	}
	return phrase{key: k, args: args{"Interface": p.Interface, "Address": address(p.Addrs)}}, true
}

// pace says how fast a transfer is, or was on the whole.
func (w *Window) pace(it item) []phrase {
	if it.State == netcore.Running {
		return progress(it)
	}
	// What came before an interruption counts as found afterwards, but its time as active: that would be no average.
	if it.State != netcore.Done || it.DoneBytes == 0 || it.Found > 0 || it.Active < time.Second {
		return nil
	}
	return []phrase{{key: keyFactMean, args: args{"Rate": speed(float64(it.DoneBytes) / it.Active.Seconds())}}}
}

// newFact is a line with the name of a fact on the left, and what is so on the right.
func newFact(name, what string) fyne.CanvasObject {
	const nameWidth = 92
	left := newCaption(name)
	right := newParagraph(what, theme.SizeNameCaptionText, theme.ColorNameForeground)
	right.fillLines(scrolledWidth - nameWidth)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, right.MinSize().Height) },
		place: func(s fyne.Size) {
			put(left, 0, 0, nameWidth-gap, left.height())
			put(right, nameWidth, 0, s.Width-nameWidth, s.Height)
		},
	}, left, right)
}

func (d *detailsSheet) addFailed() {
	t := d.item.Transfer
	if t.FailedCount == 0 {
		return
	}
	d.list.Add(newText(say(plurally(keyDetailsFailed, t.FailedCount, nil))))
	for _, e := range t.FailedEntries[:min(len(t.FailedEntries), detailed)] {
		addDetail(d.list, phrase{key: keyEntryFailed, args: args{"Path": entryPath(e), "Reason": why(t, e.Err, e.Remote)}})
	}
	addRest(d.list, t.FailedCount)
}

func (d *detailsSheet) addRenamed() {
	t := d.item.Transfer
	if t.RenamedCount == 0 {
		return
	}
	d.list.Add(newText(say(plurally(keyDetailsRenamed, t.RenamedCount, nil))))
	for _, r := range t.Renamed[:min(len(t.Renamed), detailed)] {
		addDetail(d.list, phrase{key: keyEntryRenamed, args: args{"Path": cmp.Or(r.Original, r.Path), "Local": r.Local}})
	}
	addRest(d.list, t.RenamedCount)
}

// entryPath is where an entry is, if it is here, else how the sender calls it.
func entryPath(e netcore.EntryError) string {
	if e.Local == "" {
		return e.Path
	}
	return shortPath(e.Local)
}

func addDetail(list *fyne.Container, p phrase) {
	line := newParagraph(say(p), theme.SizeNameCaptionText, colorMuted)
	line.fillLines(scrolledWidth) // so that its height is known
	list.Add(line)
}

func addRest(list *fyne.Container, all int) {
	if rest := all - detailed; rest > 0 {
		addDetail(list, plurally(keyDetailsMore, rest, nil))
	}
}
