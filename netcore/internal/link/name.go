package link

import (
	"ferry/netcore/internal/wire"
)

// NameChanged says that the Hello of Config.Conn has another name now: the peers are told over their
// links.
func (m *Manager) NameChanged() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		for _, l := range p.links {
			m.start(func() { m.tellName(l) })
		}
	}
}

// tellName says on a link what this node is called now, unless the other end knows.
func (m *Manager) tellName(l *link) {
	l.telling.Lock()
	defer l.telling.Unlock()
	name := m.cfg.Conn.Hello().Name
	if name == l.said {
		return
	}
	err := l.SendControl(wire.TypeName, wire.Name{Name: name})
	if err == nil {
		err = l.Flush()
	}
	if err != nil {
		l.Log.Debug("name", "err", err)
		return
	}
	l.said = name
}

// heardName takes in what the other end of a link is called now. One that changes that all the time is
// heard more slowly; what it said last is taken in all the same.
func (m *Manager) heardName(p *peer, l *link, body []byte) error {
	var said wire.Name
	if err := wire.Decode(body, &said); err != nil {
		return err
	}
	if err := l.names.Wait(m.ctx); err != nil {
		return err // the Manager ends
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l.hello.Name = said.Name
	if l.hello.Port != 0 && p.hello.Instance == l.hello.Instance {
		p.hello = l.hello
	}
	m.tell(p)
	return nil
}
