package inbox

import (
	"errors"
	"fmt"

	"ferry/netcore/internal/fault"
)

// Create opens the partial of e for writing from offset on, where
// 0 <= offset <= the length that Lookup returned with [Found], and 0 otherwise.
// What is behind offset in it is cut off. It makes the folder that e will be in,
// so that an inbox that cannot be written to is noticed before the data comes.
//
// A small file is kept in memory until it is whole. What is wrong with the disk is
// then not told by Write or Finish, but by [Delivery.Err] and [Results.Failures].
func (d *Delivery) Create(e Entry, offset int64) (*Partial, error) {
	if err := CheckPath(e.Path); err != nil {
		return nil, err
	}
	if e.Size < 0 || offset < 0 || offset > e.Size {
		return nil, fmt.Errorf("%w: offset %d in a file of %d bytes", fault.Protocol, offset, e.Size)
	}
	d.results.appear(e.Path)
	parent, _ := split(e.Path)
	f, err := d.front.enter(parent, true)
	if err != nil {
		return nil, unwritten(err)
	}
	if f.fresh { // the inbox itself never is, and is not this delivery's alone
		f.fresh = false
	}
	if offset == 0 && e.Size <= d.in.small {
		p, err := d.createSmall(e)
		return p, unwritten(err)
	}
	p, err := d.claim(e, offset)
	if err != nil {
		return nil, unwritten(err)
	}
	p.delivery = d
	d.writing[p] = struct{}{}
	if err := p.cut(offset); err != nil {
		return nil, errors.Join(unwritten(err), p.Keep())
	}
	return p, nil
}

// createSmall returns a partial that is in memory.
func (d *Delivery) createSmall(e Entry) (*Partial, error) {
	if _, err := d.in.staging(); err != nil {
		return nil, err
	}
	p := &Partial{delivery: d, entry: e, small: d.pipe.buffer(e.Size)}
	p.nameless = e.Size <= namelessSize && d.in.naming() != namingNone
	if len(d.found) > 0 && d.drop(partialKey(d.sender, e)) {
		p.nameless = false // what Lookup found will be claimed, if it is still free, when e is whole
	}
	d.writing[p] = struct{}{}
	return p, nil
}

// claim returns the partial that Lookup found, or else the first that is free.
func (d *Delivery) claim(e Entry, offset int64) (*Partial, error) {
	key := partialKey(d.sender, e)
	if name, ok := d.found[key]; ok {
		delete(d.found, key)
		p, err := d.reclaim(name, e)
		if err == nil && p.at >= offset {
			return p, nil
		}
		d.in.release(name)
		if err == nil {
			err = errors.Join(errTaken, p.file.Close()) // another process was at it since Lookup
		}
		if offset > 0 || !errors.Is(err, errTaken) {
			return nil, err
		}
	}
	p, err := d.in.claim(key, e, d.begin)
	if err == nil && p.at < offset {
		d.in.release(p.name)
		return nil, errors.Join(errTaken, p.file.Close())
	}
	return p, err
}

// reclaim takes the partial name, which Lookup holds.
func (d *Delivery) reclaim(name string, e Entry) (*Partial, error) {
	if err := d.begin(name); err != nil {
		return nil, err
	}
	return d.in.open(name, e)
}

// begin tells the journal of the partial name before there is one.
func (d *Delivery) begin(name string) error {
	return d.journal.announce(record{kind: partialBegun, path: name})
}
