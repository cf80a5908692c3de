package netcore

// SetName changes what other people read; empty means the host's name. Peers are told over their links.
func (n *Node) SetName(name string) {}

// SetInbox changes where offers go that are answered from now on; empty means [DefaultInbox].
func (n *Node) SetInbox(dir string) error { return nil }

// SetInterfaces changes on which network interfaces peers are looked for; none means all that are suitable.
func (n *Node) SetInterfaces(names []string) {}
