//go:build linux

package xdrag

import (
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// watchLeaving asks the server to tell when the pointer leaves the window. Others ask that for themselves.
func (w *watcher) watchLeaving() error {
	return xproto.ChangeWindowAttributesChecked(w.conn, w.window, xproto.CwEventMask, []uint32{xproto.EventMaskLeaveWindow}).Check()
}

// followOut lets the toolkit hear of a pointer that has left the window. One that holds something has not left it:
// a scroll bar goes on following it.
func (w *watcher) followOut(ev xgb.Event) {
	left, ok := ev.(xproto.LeaveNotifyEvent)
	if !ok || left.Mode == xproto.NotifyModeGrab || left.State&buttons != 0 {
		return
	}
	const beside = -1
	moved := xproto.MotionNotifyEvent{
		Time: left.Time, Root: left.Root, Event: w.window, RootX: left.RootX, RootY: left.RootY, EventX: beside, EventY: beside, SameScreen: true,
	}
	xproto.SendEvent(w.conn, false, w.window, xproto.EventMaskNoEvent, string(moved.Bytes()))
}
