#!/bin/sh
# Runs every fuzz target of the module for as long as -fuzztime says:
#   fuzz.sh 60s | 20000x
# go test takes one target at a time. An input that fails is kept by Go in the
# package's testdata/fuzz, from where every later "go test" runs it again.
set -eu
cd "$(dirname "$0")/.."

grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sort |
	while IFS=: read -r file func; do
		go test -run '^$' -fuzz "^${func#func }\$" -fuzztime "$1" \
			-fuzzminimizetime 10x "./$(dirname "$file")" </dev/null
	done
