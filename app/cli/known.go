package main

import (
	"cmp"
	"context"
	"flag"
	"strings"
	"time"

	"ferry/netcore"
)

func prepareKnown(*flag.FlagSet) action { return known }

// known looks at what is remembered; it meets nobody.
func known(_ context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"known", "known takes no arguments."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return p.atRest(cfg, func(n node) error {
		p.printKnownDevices(n.Known())
		return nil
	})
}

func (p *program) printKnownDevices(peers []netcore.Peer) {
	switch {
	case p.json != nil:
		p.json.peers(peers)
	case len(peers) == 0:
		p.screen.note(nobodyKnown)
	default:
		for _, line := range knownTable(peers) {
			p.screen.result(line)
		}
	}
}

// knownTable returns the lines of a table, its heading first.
func knownTable(peers []netcore.Peer) []string {
	rows := [][]string{{"NAME", "OWN NAME", "VERIFIED", "WITHOUT ASKING", "LAST SEEN", "PEER ID"}}
	for _, p := range peers {
		own := ""
		if ownName(p) != p.Name {
			own = visible(p.OwnName)
		}
		rows = append(rows, []string{visible(p.Name), own, verifiedText(p), shortRule(p.AutoAccept), strings.TrimSpace(seenText(p)), p.ID.String()})
	}
	return table(rows)
}

// table pads the cells of rows to columns; the last column is left as it is.
func table(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	lines := make([]string, len(rows))
	for r, row := range rows {
		for i, cell := range row[:len(row)-1] {
			lines[r] += pad(cell, widths[i]) + "  "
		}
		lines[r] += row[len(row)-1]
	}
	return lines
}

// verifiedText says since when a peer is verified.
func verifiedText(p netcore.Peer) string {
	switch {
	case p.Blocked:
		return "BLOCKED"
	case p.Verified.IsZero():
		return "no"
	}
	return p.Verified.Local().Format(time.DateOnly)
}

// shortRule says in a few words what is accepted without asking.
func shortRule(a netcore.AutoAccept) string {
	if !a.On {
		return "nothing"
	}
	what := "all"
	if a.FilesOnly {
		what = "files"
	}
	if a.MaxBytes > 0 {
		what += " up to " + bytesText(a.MaxBytes)
	}
	return what + ", in " + cmp.Or(visible(a.Dir), "the inbox")
}
