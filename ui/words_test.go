package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

func fault(kind error, remote bool) *netcore.Error {
	return &netcore.Error{Op: "send", Err: kind, Remote: remote}
}

// in is an incoming transfer, out an outgoing one.
func in(state netcore.State, names ...string) netcore.Transfer {
	return netcore.Transfer{Direction: netcore.Incoming, Peer: anna, State: state, Names: names, Left: -1}
}

func out(state netcore.State, names ...string) netcore.Transfer {
	t := in(state, names...)
	t.Direction = netcore.Outgoing
	return t
}

func with(t netcore.Transfer, change func(*netcore.Transfer)) netcore.Transfer {
	change(&t)
	return t
}

func ended(t netcore.Transfer, kind error, remote bool) netcore.Transfer {
	t.Err = fault(kind, remote)
	return t
}

// rest is a transfer of 1318 files of which some were found; done of them are there.
func rest(found, done int) func(*netcore.Transfer) {
	return func(t *netcore.Transfer) {
		t.Files, t.FoundFiles, t.DoneFiles = 1318, found, done
		t.Bytes, t.Found, t.DoneBytes = 3_200_000, int64(found)*10_000, int64(found)*10_000
	}
}

var rowTests = []struct {
	transfer netcore.Transfer
	ran      bool
	en, zh   string
}{
	{out(netcore.Queued), false, "Files | to Anna · getting ready", "文件 | 发给 Anna · 正在准备"},
	{with(out(netcore.Queued), func(t *netcore.Transfer) { t.Paths = []string{"/x/a.txt", "/x/b"} }), false,
		"a.txt and 1 more | to Anna · getting ready", "a.txt 等 2 项 | 发给 Anna · 正在准备"},
	{ended(out(netcore.Queued, "a.txt"), netcore.ErrOffline, false), false, "a.txt | to Anna · waits for Anna", "a.txt | 发给 Anna · 等待 Anna 上线"},
	{out(netcore.Offered, "a.txt"), false, "a.txt | to Anna · waiting for an answer", "a.txt | 发给 Anna · 等待对方接受"},
	{in(netcore.Offered, "a.txt"), false, "a.txt | from Anna · waiting for your answer", "a.txt | 来自 Anna · 等待你的答复"},
	{with(out(netcore.Running, "a.mp4", "b", "c", "d"), func(t *netcore.Transfer) {
		t.Bytes, t.DoneBytes, t.Rate, t.Left = 48e6, 31e6, 112e6, 3*time.Second
	}), true, "a.mp4 and 3 more | to Anna · 31 of 48 MB | 112 MB/s · 3 s left", "a.mp4 等 4 项 | 发给 Anna · 31 / 48 MB | 112 MB/s · 剩余 3 秒"},
	{with(in(netcore.Running, "a"), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | from Anna · 0 of 48 MB", "a | 来自 Anna · 0 / 48 MB"},
	{with(in(netcore.Running, "a"), func(t *netcore.Transfer) { t.Bytes, t.DoneBytes, t.Rate = 48, 48, 1 }), true,
		"a | from Anna · 48 of 48 B | finishing", "a | 来自 Anna · 48 / 48 B | 即将完成"},
	{with(ended(out(netcore.Paused, "a"), netcore.ErrLost, false), func(t *netcore.Transfer) { t.Bytes, t.DoneBytes = 48e6, 31e6 }), true,
		"a | to Anna · 31 of 48 MB | waiting for Anna to come back", "a | 发给 Anna · 31 / 48 MB | 等待 Anna 恢复连接"},
	{with(ended(in(netcore.Paused, "a"), netcore.ErrShutdown, true), func(t *netcore.Transfer) { t.Bytes, t.DoneBytes = 48, 48 }), true,
		"a | from Anna · 48 of 48 B | waiting for Anna to come back", "a | 来自 Anna · 48 / 48 B | 等待 Anna 恢复连接"},
	{with(ended(out(netcore.Paused, "a"), netcore.ErrBusy, true), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | to Anna · 0 of 48 MB | waiting, Anna is busy", "a | 发给 Anna · 0 / 48 MB | Anna 正忙，等待中"},
	{with(ended(out(netcore.Paused, "a"), netcore.ErrShutdown, false), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | to Anna · 0 of 48 MB | waiting for Anna to come back", "a | 发给 Anna · 0 / 48 MB | 等待 Anna 恢复连接"},
	{with(ended(out(netcore.Paused, "a"), netcore.ErrPaused, false), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | to Anna · 0 of 48 MB | paused", "a | 发给 Anna · 0 / 48 MB | 已暂停"},
	{with(ended(in(netcore.Paused, "a"), netcore.ErrPaused, true), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | from Anna · 0 of 48 MB | paused by Anna", "a | 来自 Anna · 0 / 48 MB | Anna 已暂停"},
	{with(ended(out(netcore.Paused, "a"), netcore.ErrNoSpace, true), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | to Anna · 0 of 48 MB | Anna's disk is full; goes on when there is room", "a | 发给 Anna · 0 / 48 MB | Anna 的磁盘空间不足，有空间后继续"},
	{with(ended(in(netcore.Paused, "a"), netcore.ErrNoSpace, false), func(t *netcore.Transfer) { t.Bytes = 48e6 }), true,
		"a | from Anna · 0 of 48 MB | the disk is full; goes on when there is room", "a | 来自 Anna · 0 / 48 MB | 磁盘空间不足，有空间后继续"},
	{with(out(netcore.Running, "a"), rest(312, 313)), true,
		"a | to Anna · 3.1 of 3.2 MB · 312 of 1,318 already there, sending 1,006", "a | 发给 Anna · 3.1 / 3.2 MB · 1,318 个中已有 312 个，正在发送 1,006 个"},
	{with(in(netcore.Running, "a"), rest(312, 313)), true,
		"a | from Anna · 3.1 of 3.2 MB · 312 of 1,318 already there, receiving 1,006", "a | 来自 Anna · 3.1 / 3.2 MB · 1,318 个中已有 312 个，正在接收 1,006 个"},
	{with(out(netcore.Running, "a"), rest(312, 312)), true, // still comparing: more may be found
		"a | to Anna · 3.1 of 3.2 MB", "a | 发给 Anna · 3.1 / 3.2 MB"},
	{with(with(out(netcore.Running, "a"), rest(0, 1)), func(t *netcore.Transfer) { t.ChangedCount = 2 }), true,
		"a | to Anna · 0 of 3.2 MB · 2 changed, sent anew", "a | 发给 Anna · 0 / 3.2 MB · 2 个已变更，重新发送"},
	{with(out(netcore.Done, "a"), func(t *netcore.Transfer) { t.DoneBytes, t.ChangedCount = 48e6, 1 }), true,
		"a | to Anna · sent, 48 MB · 1 changed, sent anew", "a | 发给 Anna · 已发送，48 MB · 1 个已变更，重新发送"},
	{with(out(netcore.Done, "a"), func(t *netcore.Transfer) { t.DoneBytes = 48e6 }), true,
		"a | to Anna · sent, 48 MB", "a | 发给 Anna · 已发送，48 MB"},
	{with(out(netcore.Done, "a"), func(t *netcore.Transfer) { t.DoneBytes, t.Unwanted = 48e6, 1 }), true,
		"a | to Anna · sent, 48 MB · Anna left 1 file out", "a | 发给 Anna · 已发送，48 MB · Anna 未接收 1 个文件"},
	{with(in(netcore.Done, "a"), func(t *netcore.Transfer) { t.DoneBytes, t.Unwanted = 48e6, 3 }), true,
		"a | from Anna · received, 48 MB · 3 files left out", "a | 来自 Anna · 已接收，48 MB · 3 个文件未接收"},
	{with(in(netcore.Done, "a"), func(t *netcore.Transfer) { t.DoneBytes, t.Found, t.RenamedCount = 48e6, 30e6, 2 }), true,
		"a | from Anna · received, 48 MB · 30 MB were there already · 2 renamed", "a | 来自 Anna · 已接收，48 MB · 其中 30 MB 此前已有 · 2 项已改名"},
	{with(out(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.Files, t.FailedCount = 1318, 1
		t.FailedEntries = []netcore.EntryError{{Path: "a/b\n.txt", Err: netcore.ErrUnread}}
	}), true, `a | to Anna · 1 of 1,318 could not be sent: a/b\n.txt: it cannot be read`, `a | 发给 Anna · 1,318 项中有 1 项未能发送：a/b\n.txt：无法读取`},
	{with(in(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.Files, t.FailedCount = 9, 2
		t.FailedEntries = []netcore.EntryError{{Path: "b", Err: netcore.ErrChanged, Remote: true}}
	}), true, "a | from Anna · 2 of 9 could not be received: b: it changed while it was being sent; send it again", "a | 来自 Anna · 9 项中有 2 项未能接收：b：发送过程中内容发生了变化，请重新发送"},
	{ended(out(netcore.Declined, "a"), netcore.ErrDeclined, true), false, "a | to Anna · Anna declined", "a | 发给 Anna · Anna 已拒绝"},
	{ended(in(netcore.Declined, "a"), netcore.ErrDeclined, false), false, "a | from Anna · you declined", "a | 来自 Anna · 你已拒绝"},
	{ended(out(netcore.Cancelled, "a"), netcore.ErrCancelled, false), true, "a | to Anna · you cancelled", "a | 发给 Anna · 你已取消"},
	{ended(out(netcore.Cancelled, "a"), netcore.ErrCancelled, true), true, "a | to Anna · Anna cancelled", "a | 发给 Anna · Anna 已取消"},
	{ended(in(netcore.Cancelled, "a"), netcore.ErrCancelled, true), true, "a | from Anna · Anna cancelled", "a | 来自 Anna · Anna 已取消"},
	{ended(in(netcore.Cancelled, "a"), netcore.ErrCancelled, true), false, "a | from Anna · Anna withdrew the offer", "a | 来自 Anna · Anna 撤回了请求"},
	{out(netcore.Cancelled, "a"), false, "a | to Anna · you cancelled", "a | 发给 Anna · 你已取消"},
	{ended(out(netcore.Failed, "a"), netcore.ErrNoSpace, true), true, "a | to Anna · Anna's disk is full", "a | 发给 Anna · Anna 的磁盘空间不足"},
	{ended(in(netcore.Failed, "a"), netcore.ErrNoSpace, false), true, "a | from Anna · the disk is full", "a | 来自 Anna · 磁盘空间不足"},
	{ended(out(netcore.Failed, "a"), netcore.ErrLost, false), true, "a | to Anna · the connection to Anna was lost", "a | 发给 Anna · 与 Anna 的连接已中断"},
	{ended(out(netcore.Failed, "a"), netcore.ErrUntrusted, true), false, "a | to Anna · Anna takes nothing from this device", "a | 发给 Anna · Anna 不接收本机发送的内容"},
	{ended(in(netcore.Failed, "a"), netcore.ErrShutdown, true), true, "a | from Anna · Anna closed Ferry", "a | 来自 Anna · Anna 关闭了 Ferry"},
	{out(netcore.Failed, "a"), true, "a | to Anna · something went wrong in Ferry; try again", "a | 发给 Anna · Ferry 出现错误，请重试"},
}

func TestRowsSayWhatIsSo(t *testing.T) {
	h := newHarness(t)
	for i, locale := range []string{"en_US.UTF-8", "zh_CN.UTF-8"} {
		speak(t, locale)
		for n, test := range rowTests {
			r := newRow(rowActions{})
			test.transfer.ID = transferID(n + 1)
			r.set(item{Transfer: test.transfer, ran: test.ran, revision: 1})
			if got, want := r.words(), [2]string{test.en, test.zh}[i]; got != want {
				t.Errorf("%s: %q, want %q", test.transfer.State, got, want)
			}
		}
	}
	_ = h
}

// A paused row keeps what is there and can be cancelled, and looks at rest
// until it goes on.
func TestAPausedRowIsAtRest(t *testing.T) {
	newHarness(t)
	half := func(t *netcore.Transfer) { t.Bytes, t.DoneBytes = 48e6, 24e6 }
	r := newRow(rowActions{})
	r.Resize(fyne.NewSize(400, rowHeight))
	for n, step := range []struct {
		transfer netcore.Transfer
		color    fyne.ThemeColorName
	}{
		{with(in(netcore.Running, "a"), half), theme.ColorNamePrimary},
		{with(ended(in(netcore.Paused, "a"), netcore.ErrLost, false), half), colorMuted},
		{with(in(netcore.Running, "a"), half), theme.ColorNamePrimary},
	} {
		r.set(item{Transfer: step.transfer, ran: true, revision: n + 1})
		if r.bar.fill.FillColor != tint(step.color) || r.bar.Hidden || r.bar.value != 0.5 || r.cancel.Hidden {
			t.Errorf("%s: the bar is %v (hidden: %v) at %v, cancel hidden: %v", step.transfer.State, r.bar.fill.FillColor, r.bar.Hidden, r.bar.value, r.cancel.Hidden)
		}
	}
}

func TestEveryKindOfErrorHasAReason(t *testing.T) {
	kinds := []error{
		netcore.ErrDeclined, netcore.ErrCancelled, netcore.ErrPaused, netcore.ErrOffline, netcore.ErrLost, netcore.ErrUntrusted,
		netcore.ErrVersion, netcore.ErrProtocol, netcore.ErrBusy, netcore.ErrTimeout, netcore.ErrNoSpace,
		netcore.ErrCorrupt, netcore.ErrChanged, netcore.ErrUnread, netcore.ErrUnwritten, netcore.ErrBadName,
		netcore.ErrSkipped, netcore.ErrTooLarge, netcore.ErrShutdown, netcore.ErrInternal,
	}
	codes := make(map[string]bool)
	for _, kind := range kinds {
		code := netcore.ErrorCode(kind)
		codes[code] = true
		if _, ok := reasons[code]; !ok {
			t.Errorf("%s has no reason", code)
		}
	}
	for code := range reasons {
		if !codes[code] {
			t.Errorf("%s is no kind of error", code)
		}
	}
}

func TestEveryWarningHasWords(t *testing.T) {
	for kind := netcore.WarnPort; kind <= netcore.WarnSettings; kind++ {
		if warningKeys[kind] == "" {
			t.Errorf("warning %d has no words", kind)
		}
	}
}

// TestABarThatStandsStillSaysSo: between the last byte and the moment in which a peer counts as lost lie seconds without a word. A
// transfer that has only begun is not still.
func TestABarThatStandsStillSaysSo(t *testing.T) {
	h := newHarness(t)
	part := with(out(netcore.Running, "a"), func(t *netcore.Transfer) { t.Bytes, t.DoneBytes, t.Left = 100, 50, -1 })
	says := func(x netcore.Transfer, want string) {
		t.Helper()
		h.tell(changed(x, 1))
		if got := h.rowOf(transferID(1)).right.words(); got != want {
			t.Errorf("%s at %v B/s says %q, want %q", x.State, x.Rate, got, want)
		}
	}
	says(part, "")
	says(with(part, func(t *netcore.Transfer) { t.Rate = 10 }), "10 B/s")
	says(part, "not moving right now")
	says(with(part, func(t *netcore.Transfer) { t.State = netcore.Paused }), "waiting for Anna to come back")
	says(part, "")
}
