// Package ui is Ferry's window. It draws what a node reports and asks people
// what a node asks. It knows no sockets, and never imports
// fyne.io/fyne/v2/app, so that its tests need neither a display nor cgo.
//
// # Who may touch widgets
//
// There are three kinds of code here, told apart by where they run.
//
//   - Any goroutine: [Window.Event], [Window.Offer], [Window.Verify], [Window.Stopped]. They change the model,
//     which has a lock of its own, or hand a function to [Options.UI]. They
//     never touch a widget and never wait for one.
//   - The UI goroutine: everything that has to do with a widget. Whoever is
//     elsewhere gets there through [Options.UI]; whoever is there never blocks:
//     no disk, no network, no D-Bus.
//   - The background: what might block (looking at dropped paths, asking the
//     desktop's file chooser) runs on a goroutine of [Window.background], with
//     a context that ends with the window, and comes back through [Options.UI].
//
// # How events become pixels
//
// Events only mark the model as changed. A pulse, at most ten times a second,
// takes one view of the model and draws what is different, so that the cost does
// not depend on the number of events, and is next to nothing without any. Only the rows that are on screen exist.
//
// # Drags
//
// A drop says where it is, and that alone decides where it goes. Where files are while they are dragged is known on an X server only (package
// ui/xdrag), and only lights what lies there: elsewhere, nothing does.
//
// # Text from strangers
//
// Names of peers and files are chosen by whoever sends them. They reach the
// screen through display only: as an argument of a phrase, or through a
// label's setName. Sentences are phrases: a key of assets/translations and its arguments;
// no sentence is put together from pieces of sentences.
package ui
