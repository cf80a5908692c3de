package inbox

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// A kind is what a record of a journal tells.
type kind byte

// The kinds. An intent is written before something is made; a record behind it, with
// those of others in between, tells what came of it. Of a file whose identity is
// known the intent is enough: under the name is that file, or it is not.
const (
	partialBegun kind = 'p'
	fileIntent   kind = 'F'
	fileMade     kind = 'f'
	folderIntent kind = 'D'
	folderMade   kind = 'd'
	linkIntent   kind = 'L'
	linkMade     kind = 'l'
	notMade      kind = 'x'
	inUse        kind = 'u' // it was there before, or another transfer has made it

	allKinds = "pFfDdLlxu"
)

// A record is one line of a journal: one thing that a transfer has made, or is
// about to make.
type record struct {
	kind   kind
	path   string    // relative to the inbox, with slashes; of a partial: its name
	id     uint64    // what fileID says; 0: unknown
	size   int64     // of a file
	time   time.Time // of a file; of a folder, what it shall get at the end. Zero: none
	target string    // of a link, as it is
}

var errRecord = errors.New("not a record of a journal")

// maxRecord is longer than any record: each byte of a path is written as 4 at most.
const maxRecord = 64 << 10

// appendTo appends the line, with its end.
func (r record) appendTo(b []byte) []byte {
	sec, nsec := int64(0), int64(-1)
	if !r.time.IsZero() {
		sec, nsec = r.time.Unix(), int64(r.time.Nanosecond())
	}
	b = append(b, byte(r.kind), ' ')
	b = append(strconv.AppendUint(b, r.id, 10), ' ')
	for _, n := range [...]int64{r.size, sec, nsec} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	b = append(strconv.AppendQuote(b, r.path), ' ')
	return append(strconv.AppendQuote(b, r.target), '\n')
}

// parseRecord reads a line without its end. A journal is trusted no more than a
// peer: paths that lead elsewhere are errors, as is all that appendTo would have
// written otherwise.
func parseRecord(line string) (record, error) {
	var r record
	fields := strings.SplitN(line, " ", 6)
	if len(fields) != 6 || len(fields[0]) != 1 || len(line) > maxRecord {
		return r, errRecord
	}
	var numbers [3]int64
	var errs [6]error
	r.kind = kind(fields[0][0])
	r.id, errs[0] = strconv.ParseUint(fields[1], 10, 64)
	for i := range numbers {
		numbers[i], errs[1+i] = strconv.ParseInt(fields[2+i], 10, 64)
	}
	var rest string
	r.path, rest, errs[4] = unquote(fields[5])
	r.target, _, errs[5] = unquote(strings.TrimPrefix(rest, " "))
	if errors.Join(errs[:]...) != nil {
		return r, errRecord
	}
	r.size = numbers[0]
	if numbers[2] >= 0 {
		r.time = time.Unix(numbers[1], numbers[2])
	}
	if !r.valid() || string(r.appendTo(nil)) != line+"\n" {
		return record{}, errRecord
	}
	return r, nil
}

// unquote reads what strconv.Quote wrote from the beginning of s.
func unquote(s string) (text, rest string, err error) {
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", err
	}
	text, err = strconv.Unquote(quoted)
	return text, s[len(quoted):], err
}

// valid tells whether r can be of a journal that this package has written.
func (r record) valid() bool {
	switch r.kind {
	case partialBegun:
		return isPartialName(r.path)
	case fileIntent, fileMade, folderIntent, folderMade, linkIntent, linkMade, notMade, inUse:
		// Numbers may have made a path longer than that of a peer may be.
		return fs.ValidPath(r.path) && r.path != "." && len(r.path) <= 2*maxPath && strings.IndexByte(r.path, 0) < 0
	}
	return false
}
