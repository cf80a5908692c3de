package link

import (
	"bytes"

	"ferry/netcore/internal/wire"
)

// PictureChanged says that Config.Picture returns something else now: the peers are told over their
// links.
func (m *Manager) PictureChanged() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		for _, l := range p.links {
			m.start(func() { m.tellPicture(l) })
		}
	}
}

// beginPicture says it on a link that begins, at the same time as all else that is to be said there.
func (m *Manager) beginPicture(l *link) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start(func() { m.tellPicture(l) })
}

// tellPicture says on a link what this node looks like now, unless the other end knows, or does not know
// what a picture is, or is not to see this node.
func (m *Manager) tellPicture(l *link) {
	if m.cfg.Picture == nil || !l.Hello.Pictures || l.Told.Port == 0 {
		return
	}
	l.telling.Lock()
	defer l.telling.Unlock()
	picture := m.cfg.Picture()
	if l.pictured && bytes.Equal(picture, l.picture) {
		return
	}
	err := l.Send(wire.TypePicture, picture)
	if err == nil {
		err = l.Flush()
	}
	if err != nil {
		l.Log.Debug("picture", "err", err)
		return
	}
	l.picture, l.pictured = picture, true
}
