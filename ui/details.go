package ui

import (
	"cmp"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	// detailed is how many entries the details list at most.
	detailed = 200
	// detailsMost is the height from which on they are scrolled.
	detailsMost = 260
)

// showDetails lists what did not arrive, and what arrived under another name.
func (w *Window) showDetails(t netcore.Transfer) {
	name, more := firstName(t)
	title := newHeading("")
	title.setName(name, andMore(more))
	list := container.NewVBox()
	if t.FailedCount > 0 {
		list.Add(newText(say(plurally(keyDetailsFailed, t.FailedCount, nil))))
		for _, e := range t.FailedEntries[:min(len(t.FailedEntries), detailed)] {
			addDetail(list, phrase{key: keyEntryFailed, args: args{"Path": entryPath(e), "Reason": why(t, e.Err, e.Remote)}})
		}
		addRest(list, t.FailedCount)
	}
	if t.RenamedCount > 0 {
		list.Add(newText(say(plurally(keyDetailsRenamed, t.RenamedCount, nil))))
		for _, r := range t.Renamed[:min(len(t.Renamed), detailed)] {
			addDetail(list, phrase{key: keyEntryRenamed, args: args{"Path": cmp.Or(r.Original, r.Path), "Local": r.Local}})
		}
		addRest(list, t.RenamedCount)
	}
	if r := t.Receipt; r != nil { // of its checksum the beginning, as ferry-cli has it
		addDetail(list, plurally(keyReceipt, r.Files, args{"Size": size(r.Bytes), "Root": fmt.Sprintf("%x", r.Root[:min(len(r.Root), 8)])}))
	}
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(0, min(list.MinSize().Height, detailsMost)))
	body := container.NewBorder(container.NewVBox(newCaption(say(phrase{key: keyDetails})), title), nil, nil, nil, scroll)
	w.detailsSheet(t, body).show()
}

// detailsSheet has a button to try again, where that is of use.
func (w *Window) detailsSheet(t netcore.Transfer, body fyne.CanvasObject) (s *sheet) {
	shut := func() { s.close() }
	if !canDo(t)[doRetry] {
		return w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), shut))
	}
	return w.newSheet(body,
		newButton(lookPlain, say(phrase{key: keyClose}), shut),
		newButton(lookPrimary, say(phrase{key: retryKey(t)}), func() { shut(); w.retry(t) }))
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
	line.fillLines(sheetWidth - 2*sheetPad) // so that its height is known
	list.Add(line)
}

func addRest(list *fyne.Container, all int) {
	if rest := all - detailed; rest > 0 {
		addDetail(list, plurally(keyDetailsMore, rest, nil))
	}
}
