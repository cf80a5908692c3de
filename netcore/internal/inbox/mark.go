package inbox

import "os"

// marks is what tells other programs that a file came over the network, in the way of each system: Windows and macOS
// ask before they run such a file, and file managers can say so. It does not tell from whom: the mark goes
// along when the file is copied, and whoever gets it then need not know.
type marks struct {
	set     func(f *os.File, path string) error
	refused func(error) bool // no file here can have a mark
}

// mark puts the mark on the file, which has not got its final name yet. A file that cannot be marked is as good as
// any other; where none can be, that is not tried again. Marking may change the file's time.
func (p *Partial) mark() {
	in := p.delivery.in
	if in.marks.set == nil || in.unmarked.Load() {
		return
	}
	if err := in.marks.set(p.file, in.stagedPath(p.name)); err != nil && in.marks.refused(err) {
		in.unmarked.Store(true)
	}
}
