#!/bin/sh
# Runs make targets one after the other, also after one has failed, and sums up:
#   steps.sh TARGET...
# The output of each is passed on as it comes. Fails if any of them failed.
set -u
cd "$(dirname "$0")/.."

failed=0
summary=
for step in "$@"; do
	echo "==> make $step"
	began=$(date +%s)
	if ${MAKE:-make} --no-print-directory "$step"; then
		result=ok
	else
		result=FAILED failed=1
	fi
	summary="$summary$(printf '%-12s %-6s %5d s' "$step" $result $(($(date +%s) - began)))
"
done
printf '==> summary\n%s' "$summary"
exit $failed
