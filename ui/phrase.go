package ui

import (
	"strconv"
	"strings"
	"time"
)

// A key names a message in assets/translations.
type key string

// args are the values in a phrase, by the names that the message has for them.
type args map[string]any

// A phrase is something to say that is not in any language yet.
type phrase struct {
	key    key
	args   args
	number int  // chooses the plural form
	plural bool // whether the message has plural forms
}

// plurally is a phrase whose form depends on n; the message finds n as .N.
func plurally(k key, n int, more args) phrase {
	all := args{"N": count(n)}
	for name, v := range more {
		all[name] = v
	}
	return phrase{key: k, args: all, number: n, plural: true}
}

// say puts a phrase in words. Its string arguments are shown through display:
// they may come from a stranger.
func say(p phrase) string {
	data := make(map[string]string, len(p.args))
	for name, v := range p.args {
		data[name] = worded(v)
	}
	return spokenNow.Load().fill(p, data)
}

func worded(v any) string {
	switch v := v.(type) {
	case phrase:
		return say(v)
	case string:
		return display(v)
	case size:
		return formatSize(int64(v))
	case speed:
		return formatSpeed(float64(v))
	case span:
		return say(formatSpan(time.Duration(v)))
	case count:
		return formatCount(int(v))
	case port:
		return strconv.Itoa(int(v))
	case year:
		return strconv.Itoa(int(v))
	case int:
		return formatCount(v)
	}
	return ""
}

// sayAll puts phrases in words, side by side.
func sayAll(ps []phrase) string {
	said := make([]string, len(ps))
	for i, p := range ps {
		said[i] = say(p)
	}
	return strings.Join(said, " · ")
}
