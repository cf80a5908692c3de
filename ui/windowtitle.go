package ui

import "ferry/netcore"

const keyTitleBusy key = "window.title"

// title says, where the window cannot be seen, how far it is: "Ferry – 2 transfers, 45 %".
func (w *Window) title(v view) string {
	name := w.app.Metadata().Name
	n, done, all := 0, 0.0, 0.0
	for _, it := range v.items {
		if it.State == netcore.Running {
			n++
			done, all = done+float64(it.DoneBytes), all+float64(it.Bytes)
		}
	}
	if n == 0 {
		return name
	}
	percent := 0
	if all > 0 {
		percent = int(100 * min(done/all, 1))
	}
	return say(plurally(keyTitleBusy, n, args{"App": name, "Percent": percent}))
}

func (w *Window) showTitle(v view) {
	if title := w.title(v); title != w.win.Title() {
		w.win.SetTitle(title)
	}
}
