package awake

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sys/windows"
)

// What a thread can ask for:
// https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate
const (
	systemRequired = 0x00000001 // ES_SYSTEM_REQUIRED
	continuous     = 0x80000000 // ES_CONTINUOUS: until the thread asks for something else, or ends
)

var setThreadExecutionState = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// hold asks on a thread of its own, because what was asked for is that
// thread's, and Go moves goroutines between threads.
func hold(context.Context) (release func() error, err error) {
	if err := setThreadExecutionState.Find(); err != nil {
		return nil, err
	}
	asked, done, ended := make(chan error), make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := setState(continuous | systemRequired)
		asked <- err
		if err != nil {
			return
		}
		<-done
		ended <- setState(continuous)
	}()
	if err := <-asked; err != nil {
		return nil, err
	}
	return func() error { close(done); return <-ended }, nil
}

func setState(state uintptr) error {
	if before, _, _ := setThreadExecutionState.Call(state); before == 0 {
		return errors.New("SetThreadExecutionState refused")
	}
	return nil
}
