# Ferry. "make run" and "make test" are all that is needed on a fresh machine
# with Go, git, make and a C compiler; "make help" lists the rest.

# What FyneApp.toml says, and the commit where there is one.
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
VERSION := $(shell sed -n 's/^ *Version *= *"\(.*\)"/\1/p' FyneApp.toml)$(if $(REVISION),+g$(REVISION))
CLI_FLAGS := -ldflags '-X main.version=$(VERSION)'
TAGS ?=
PREFIX ?= /usr/local
DESTDIR ?=
FUZZTIME ?= 60s
VULNDB ?= https://vuln.go.dev

# The same flags for every Go command, so that they share one build cache.
# No VCS stamp: it fails in a clone that belongs to another user.
export GOFLAGS += -trimpath -buildvcs=false

# The packages that need no cgo, and so can be checked here for other systems.
PORTABLE := . ./netcore/... ./app/cli/...
CROSS := linux/amd64 linux/arm64 windows/amd64 darwin/arm64
E2E := ./app/e2e
BENCH ?=
COST ?= .
SOAK ?= 1h

.NOTPARALLEL:
.DEFAULT_GOAL := build
.PHONY: run build test lint vuln unit fuzz-seeds cli-cross e2e window-cost soak presence bench fuzz film install uninstall deb clean help

run: ## install what building needs, build, open the window
	@packaging/deps.sh build run
	@$(MAKE) build
	./build/ferry

build: ## build/ferry (the window) and build/ferry-cli
	go build -tags '$(TAGS)' -o build/ferry ./app
	CGO_ENABLED=0 go build $(CLI_FLAGS) -o build/ferry-cli ./app/cli

STEPS := lint unit fuzz-seeds cli-cross e2e
test: ## install what testing needs, run everything that must pass
	@packaging/deps.sh test
	@packaging/steps.sh $(STEPS)

# What needs cgo is built as the tests are, with the race detector, and the rest as ferry-cli is:
# so all that is imported is compiled once for this and them, a good part of the time with an empty cache.
CGO_FREE := $(PORTABLE) ./ui/...
lint: ## gofmt, vet (also for Windows and macOS), staticcheck
	@out=$$(gofmt -l .) && test -z "$$out" || { echo "not gofmt'ed:" $$out; exit 1; }
	go vet -race ./...
	go vet -race -tags uiprobe ./app/... ./ui/...
	CGO_ENABLED=0 go vet $(CGO_FREE)
	CGO_ENABLED=0 GOOS=windows go vet $(CGO_FREE)
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 go vet $(PORTABLE)
	go build -o build/staticcheck honnef.co/go/tools/cmd/staticcheck
	CGO_ENABLED=0 build/staticcheck $(CGO_FREE)
	GOFLAGS='$(GOFLAGS) -race' build/staticcheck ./app/...
	GOFLAGS='$(GOFLAGS) -race' build/staticcheck -tags uiprobe ./app/... ./ui/...

# Not part of "make test", which must not fail for want of a network.
vuln: ## known vulnerabilities in what is called; VULNDB=file:///... without a network
	go tool govulncheck -db $(VULNDB) ./...

# Four packages at a time, on two processors as well: the long ones mostly wait for a network.
unit: ## every test but those with real windows, under the race detector
	go test -race -p 4 -timeout 10m $$(go list ./... | grep -v /app/e2e)
	CGO_ENABLED=0 go test -run 'Golden|Fits' ./ui # pictures do not race, and are slow to draw when watched

# A number of inputs, not a time: with a time, "go test -fuzz" now and then fails
# with "context deadline exceeded" (go.dev/issue/75804).
fuzz-seeds: ## each fuzz target for some seconds
	@packaging/fuzz.sh 2000x

cli-cross: ## build/cross: ferry-cli for every system
	@set -e; for target in $(CROSS); do \
		os=$${target%/*} arch=$${target#*/} ext=; \
		if [ $$os = windows ]; then ext=.exe; fi; \
		echo "ferry-cli for $$target"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build $(CLI_FLAGS) -o build/cross/ferry-cli-$$os-$$arch$$ext ./app/cli; \
	done

e2e: ## real windows, a real mouse, a network of their own; pictures in build/e2e
	go test -race -count=1 -timeout 10m $(E2E)

bench: ## ferry-cli beside iperf3, rsync and nc, with targets; BENCH='-case small -runs 9'
	@packaging/deps.sh bench
	@go run ./app/bench $(BENCH)

# Without the race detector, which costs more than the window does.
window-cost: ## the window's first frame, CPU and memory, with targets; COST=Idle for one of them
	go test -count=1 -timeout 30m -run '^$$' -bench '$(COST)' -benchtime 1x $(E2E)

soak: ## what a window keeps of an hour of transfers (SOAK=1h): memory, goroutines, files
	go test -count=1 -timeout 0 -run '^$$' -bench Soak -benchtime 1x $(E2E) -soak $(SOAK)

presence: ## how soon devices appear and vanish, and what they cost: min, median, max of ten runs
	go test -count=1 -timeout 30m -v -run 'Presence|ManyAtOnce|TwoHundredPeers' ./netcore/internal/link -many 10
	go test -count=1 -v -run 'TwoHundredNodes|OnTheWire' ./netcore/internal/discovery

fuzz: ## each fuzz target for FUZZTIME (60s)
	@packaging/fuzz.sh $(FUZZTIME)

film: ## packaging/ferry.gif, the README's animated picture, of a real drag
	rm -rf build/film && mkdir -p build/film
	FERRY_FILM=$(CURDIR)/build/film go test -count=1 -run TestDragOntoPeer $(E2E)
	packaging/film.sh build/film

install: ## to PREFIX (/usr/local) what "make build" built
	install -D -m 755 build/ferry $(DESTDIR)$(PREFIX)/bin/ferry
	install -D -m 755 build/ferry-cli $(DESTDIR)$(PREFIX)/bin/ferry-cli
	install -D -m 644 packaging/ferry.desktop $(DESTDIR)$(PREFIX)/share/applications/ferry.desktop
	install -D -m 644 assets/icon.png $(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps/ferry.png

uninstall: ## what "make install" installed
	rm -f $(DESTDIR)$(PREFIX)/bin/ferry $(DESTDIR)$(PREFIX)/bin/ferry-cli
	rm -f $(DESTDIR)$(PREFIX)/share/applications/ferry.desktop
	rm -f $(DESTDIR)$(PREFIX)/share/icons/hicolor/512x512/apps/ferry.png

deb: ## build/ferry_VERSION_ARCH.deb, of a release build
	@$(MAKE) build TAGS=release,migrated_fynedo
	packaging/deb.sh $(VERSION)

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
