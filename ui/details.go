package ui

import (
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
			addDetail(list, phrase{key: keyEntryFailed, args: args{"Path": e.Path, "Reason": why(t, e.Err, e.Remote)}})
		}
		addRest(list, t.FailedCount)
	}
	if t.RenamedCount > 0 {
		list.Add(newText(say(plurally(keyDetailsRenamed, t.RenamedCount, nil))))
		for _, r := range t.Renamed[:min(len(t.Renamed), detailed)] {
			addDetail(list, phrase{key: keyEntryRenamed, args: args{"Path": r.Path, "Local": r.Local}})
		}
		addRest(list, t.RenamedCount)
	}
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(0, min(list.MinSize().Height, detailsMost)))
	body := container.NewBorder(container.NewVBox(newCaption(say(phrase{key: keyDetails})), title), nil, nil, nil, scroll)
	var s *sheet
	s = w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
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
