package main

import (
	"errors"
	"flag"
	"math"
	"strconv"
	"strings"

	"ferry/netcore"
)

// limitFlags are --limit-up and --limit-down. One that is not given leaves
// the limit to the settings.
type limitFlags struct{ up, down *int64 }

func (l *limitFlags) add(set *flag.FlagSet) {
	set.Func("limit-up", "", func(s string) error { return parseLimit(s, &l.up) })
	set.Func("limit-down", "", func(s string) error { return parseLimit(s, &l.down) })
}

// apply puts the limits that were given in place of those of the settings.
func (l *limitFlags) apply(limits *netcore.Limits) {
	if l.up != nil {
		limits.Upload = *l.up
	}
	if l.down != nil {
		limits.Download = *l.down
	}
}

func parseLimit(s string, to **int64) error {
	rate, err := parseRate(s)
	if err != nil {
		return err
	}
	*to = &rate
	return nil
}

// The units of an amount of bytes; powers of 1000, as it is printed.
var amountUnits = map[byte]float64{'K': 1e3, 'M': 1e6, 'G': 1e9}

// leastRate is the least limit that a node takes, as [netcore.Limits] says.
const leastRate = 1024

var errRate = errors.New("must be a speed such as 500K, 5M or 1.5M (bytes a second, from 2K on), or 0 for no limit")

// parseRate reads a speed: "500K", "1.5M", "2000000". 0 is no limit.
func parseRate(s string) (int64, error) {
	rate, err := parseAmount(s)
	if err != nil || rate != 0 && rate < leastRate {
		return 0, errRate
	}
	return rate, nil
}

// parseAmount reads a number of bytes: "500K", "1.5M", "2000000".
func parseAmount(s string) (int64, error) {
	unit := 1.0
	if n := len(s) - 1; n > 0 {
		if u, ok := amountUnits[strings.ToUpper(s)[n]]; ok {
			s, unit = s[:n], u
		}
	}
	// Only digits and a point: ParseFloat also knows "inf" and "0x1p4".
	if strings.Trim(s, "0123456789.") != "" {
		return 0, strconv.ErrSyntax
	}
	value, err := strconv.ParseFloat(s, 64)
	amount := math.Round(value * unit)
	if err != nil || amount > math.MaxInt64/2 || value > 0 && amount == 0 {
		return 0, strconv.ErrRange
	}
	return int64(amount), nil
}
