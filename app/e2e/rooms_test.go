//go:build linux

package e2e

import (
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest/lan"
)

// TestLanguageAndTheme: both change in the open window, and are so at the next start.
func TestLanguageAndTheme(t *testing.T) {
	s, network, home := newScreen(t), lan.New(t, 1), shortDir(t)
	w := open(s, network.Host(1), "Anna", home, 10)
	w.click("the gear", id("button.settings"))
	w.click("Appearance", id("section:3"))
	w.click("Chinese", id("choice:简体中文"))
	w.await("the settings in Chinese", id("section:3", "外观"))
	w.await("the window in Chinese", id("self.name", "Anna"))
	w.click("dark", id("choice:深色"))
	w.await("dark", id("choice:深色", "true"))
	s.shot("dark-chinese")
	w.click("Done", id("sheet.0", "完成"))
	w.await("the window below", id("button.files", "发送文件"))
	w.proc.quit(0)

	saved, err := netcore.LoadSettings(filepath.Join(home, "ferry"))
	if err != nil || saved.Language != "zh-Hans" || saved.Theme != netcore.ThemeDark {
		t.Errorf("saved is %+v, %v", saved, err)
	}
	w = open(s, network.Host(1), "Anna", home, 10)
	w.await("Chinese after a restart", id("button.files", "发送文件"))
}

// TestKeysOfOtherPrograms: with a real keyboard, whatever has the focus.
func TestKeysOfOtherPrograms(t *testing.T) {
	s, network := newScreen(t), lan.New(t, 1)
	w := open(s, network.Host(1), "Anna", shortDir(t), 10)
	press := func(keys string) {
		t.Helper()
		s.must("xdotool", "windowactivate", "--sync", w.xid, "key", keys)
	}
	press("ctrl+comma")
	w.await("the settings", id("section:0"))
	press("Escape")
	w.awaitNo("settings after Esc", id("section:0"))
	press("ctrl+f")
	w.await("the history", id("history.search"))
	s.must("xdotool", "type", "film")
	w.await("what is searched for", id("history.search", "film"))
	press("ctrl+h") // in a field
	w.awaitNo("history after Ctrl+H", id("history.search"))
	press("Tab")
	press("F1") // while something has the focus
	w.await("the help", id("sheet", "Ctrl+V", "F1"))
	s.shot("help")
	press("Return")
	w.awaitNo("help after Enter", id("sheet"))
}

// TestHistoryAfterARestart: what was received is still told, and can be taken out.
func TestHistoryAfterARestart(t *testing.T) {
	d := newDesk(t)
	d.send(writeFile(t, filepath.Join(t.TempDir(), "letter.txt"), 1000))
	d.bob.click("Accept", id("offer.accept"))
	d.bob.await("received", row("letter.txt", "from Anna", "received"))
	d.bob.proc.quit(0)
	d.openBob(d.bob.home)
	d.bob.awaitNo("row of an earlier run", row("letter.txt"))
	d.bob.click("History", id("tab:1"))
	r := d.bob.await("the letter", row("letter.txt", "from Anna", "received"))
	d.shot("history")
	d.bob.click("remove", id(r.ID+".drop"))
	d.bob.await("that it can be undone", id("toast.undo"))
	d.bob.awaitNo("the letter", row("letter.txt"))
	d.bob.click("Undo", id("toast.undo"))
	d.bob.await("the letter again", row("letter.txt"))
}
