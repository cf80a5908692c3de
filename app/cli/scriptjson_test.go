package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// json FILE KEY=VALUE... checks that a file (or stdout) is objects, one a
// line, each with an event and a time, and waits until one of them has all
// these values. A key may name a field of a field: "peer.name"; a list is
// meant by its length: "failed=1"; KEY>N is a number above N. With !, no object
// may have them.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		if object := findObject(ts, args[0], args[1:]); object != nil {
			ts.Fatalf("there is an object with %v", args[1:])
		}
		return
	}
	waitObject(ts, args[0], args[1:])
}

// jsonvar VARIABLE FIELD FILE KEY=VALUE... waits for an object as json does,
// and keeps one of its values.
func cmdJSONVar(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], field(waitObject(ts, args[2], args[3:]), args[1]))
}

func waitObject(ts *testscript.TestScript, file string, wants []string) map[string]any {
	if file == "stdout" { // it is complete
		if object := findObject(ts, file, wants); object != nil {
			return object
		}
		ts.Fatalf("no object with %v in:\n%s", wants, ts.ReadFile(file))
	}
	var object map[string]any
	poll(ts, func() bool {
		object = findObject(ts, file, wants)
		return object != nil
	}, func() string { return fmt.Sprintf("no object with %v in:\n%s", wants, ts.ReadFile(file)) })
	return object
}

// findObject returns the first object that has all that is wanted.
func findObject(ts *testscript.TestScript, file string, wants []string) map[string]any {
	var found map[string]any
	for _, line := range lines(ts, file) {
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil {
			ts.Fatalf("%s: %v: %s", file, err, line)
		}
		at, err := time.Parse(time.RFC3339Nano, field(object, "time"))
		if err != nil || at.Location() != time.UTC || field(object, "event") == "" {
			ts.Fatalf("%s: an object without an event or time: %s", file, line)
		}
		if found == nil && hasAll(object, wants) {
			found = object
		}
	}
	return found
}

// lines returns the complete lines of a file that may be being written.
func lines(ts *testscript.TestScript, file string) [][]byte {
	if file == "stdout" {
		return splitLines([]byte(ts.ReadFile(file)))
	}
	data, err := os.ReadFile(ts.MkAbs(file))
	ts.Check(err)
	return splitLines(data)
}

func splitLines(data []byte) [][]byte {
	all := bytes.SplitAfter(data, []byte("\n"))
	return all[:len(all)-1]
}

func hasAll(object map[string]any, wants []string) bool {
	for _, want := range wants {
		if !has(object, want) {
			return false
		}
	}
	return true
}

func has(object map[string]any, want string) bool {
	if key, bound, ok := strings.Cut(want, ">"); ok {
		value, err := strconv.ParseInt(field(object, key), 10, 64)
		least, boundErr := strconv.ParseInt(bound, 10, 64)
		return err == nil && boundErr == nil && value > least
	}
	key, value, _ := strings.Cut(want, "=")
	return field(object, key) == value
}

// field returns the text of a value; key is a path with dots.
func field(object map[string]any, key string) string {
	var value any = object
	for part := range strings.SplitSeq(key, ".") {
		inner, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = inner[part]
	}
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		return fmt.Sprint(len(value))
	case float64:
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprint(value)
}
