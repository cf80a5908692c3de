package transfer

import (
	"fmt"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// checkReceipt makes sure that the receiver speaks of what was sent, and has said of
// each file that it does not have that it failed.
func (s *sender) checkReceipt(r wire.Receipt) error {
	if string(r.Root) != string(s.done.Root) {
		return fmt.Errorf("%w: the receipt is for other content", fault.Corrupt)
	}
	if err := s.checkTotals(r, s.done.Files); err != nil {
		return err
	}
	named := s.through.common(s.faulted)
	unnamed := s.done.Files - named - r.Files
	if unnamed > 0 && named >= MaxFailures && r.Failed >= named+unnamed {
		return nil // more of them than it has to name; see PROTOCOL.md, 6.5
	}
	if unnamed != 0 || r.Bytes > s.done.Bytes || named == 0 && r.Bytes != s.done.Bytes {
		return fmt.Errorf("%w: a receipt for %d files with %d bytes of %d with %d, and %d of them failed",
			fault.Protocol, r.Files, r.Bytes, s.done.Files, s.done.Bytes, named)
	}
	return nil
}

// checkConfirmed makes sure that the receipt for an earlier attempt can be one for
// this list. What its root hash and its sizes were is not known any more.
func (s *sender) checkConfirmed() error {
	r := s.confirmed
	if len(r.Root) != wire.HashSize {
		return fmt.Errorf("%w: a receipt without a root hash", fault.Protocol)
	}
	if err := s.checkTotals(r, s.m.Files); err != nil {
		return err
	}
	if wanted := s.m.Files - s.out.Unwanted; r.Files+r.Failed < wanted {
		return fmt.Errorf("%w: a receipt for %d files of %d, and %d failed", fault.Protocol, r.Files, wanted, r.Failed)
	}
	return nil
}

// checkTotals makes sure that the numbers of r can be those of a receipt for so many files.
func (s *sender) checkTotals(r wire.Receipt, files int64) error {
	if r.Files < 0 || r.Files > files || r.Bytes < 0 || r.Failed < 0 || r.Failed > s.m.Entries() {
		return fmt.Errorf("%w: a receipt for %d files of %d with %d bytes, and %d failed",
			fault.Protocol, r.Files, files, r.Bytes, r.Failed)
	}
	return nil
}
