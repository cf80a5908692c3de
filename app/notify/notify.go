// Package notify shows notifications of the desktop, with buttons where it has
// them. On Linux it speaks to the notification server itself, since
// Fyne's notices have no buttons; elsewhere they are Fyne's.
package notify

// A Notifier implements [ferry/ui.Notifier].
type Notifier struct {
	Name  string // of the program, as people read it
	Entry string // the name of its desktop entry and icon
	// Silent says whether there should be no sound now. It may be nil, and is called on any goroutine.
	Silent func() bool
}
