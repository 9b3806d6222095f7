# Works with GNU make from 3.81 on. "make help" lists the targets. .ci/go is the
# go command for the capture backend that can be built here; BACKEND=purego or
# BACKEND=libpcap chooses one.

SHELL       = /bin/sh
PLATFORMS   = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0
FUZZTIME    ?= 20s
CONNECTIONS ?= 10000
ARGS        =
TESTFLAGS   ?=
PACKAGES    = $(LONG) ./...
# Packages tested at once: one more than processors, for the longest wait on timers.
AT_ONCE     = -p $$(( $$(getconf _NPROCESSORS_ONLN) + 1 ))
BENCHFLAGS  ?=
BENCHDIR    ?=
TALLY       =
VERSION     = $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

# Those whose tests wait much or take longest begin first.
LONG = ./analysis/session ./analysis/report/webtest ./cmd/rstwatch ./scenario/catalog

# Folders in which the capture backends differ.
BACKENDS = $$(grep -rlE '^//go:build .*(cgo|purego)' --include='*.go' capture scenario analysis cmd | sed 's|^|./|; s|/[^/]*$$||' | sort -u)

# Scripts of the program in which the capture backend plays a part of its own.
CAPTURING = doctor|error|files|host|interface|interrupt|lo_fails|ordinary|port|run|sandbox|sudo|survey_filter|tcpdump|unprivileged

# Tests that play the catalogue once more to look at what is made of it: neither a
# backend nor the race detector sees more there than in TestCatalogue.
EXPLAINING = ReasonHeard|Witnesses|SurveyOfCatalogue|SlowCatalogue|Diagnosed|ToldTexts|CatalogueForetold

# Go programs of the build itself run with plain settings, whatever is built.
HOSTGO = env -u GOOS -u GOARCH go

.DEFAULT_GOAL := build
.PHONY: build run test purego race mutate random honest recordings bench bench-exec benchmarks web web-modules docs fuzz vet fmt-check staticcheck cross dist check clean help

build: ## build bin/rstwatch
	@.ci/go build -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o bin/rstwatch ./cmd/rstwatch

run: build ## build, then bin/rstwatch run $(ARGS)
	@bin/rstwatch run $(ARGS)

test: ## run the tests; ends with how many ran, and why the others did not
	@$(HOSTGO) run .ci/testsum.go $(if $(TALLY),-tally '$(TALLY)') .ci/go test -json $(AT_ONCE) $(TESTFLAGS) $(PACKAGES)

purego: ## the shorter tests of what captures and filters, with the pure-Go backend
	@BACKEND=purego CGO_ENABLED=0 $(MAKE) --no-print-directory test TESTFLAGS='-short -skip "^Test($(EXPLAINING))"' \
		PACKAGES='./analysis/session ./capture/...'
	@BACKEND=purego CGO_ENABLED=0 $(MAKE) --no-print-directory test TESTFLAGS='-run "^TestScripts/^($(CAPTURING))"' \
		PACKAGES=./cmd/rstwatch

race: ## with the race detector, shorter: the packages that have goroutines, without the scripts of the program
	@$(HOSTGO) run .ci/testsum.go $(if $(TALLY),-tally '$(TALLY)') .ci/go test '-race?' -short -skip '^Test(Scripts|Lesson|$(EXPLAINING))' -json $(AT_ONCE) \
		./analysis/session ./cmd/... ./scenario/... ./capture/live ./analysis/postmortem

web: web-modules ## what is made for the web, in a real Chromium
	@RSTWATCH_WEB=required .ci/go test -run '^TestWeb$$' -count 1 -v ./analysis/report/webtest

web-modules: .ci/web/node_modules/.package-lock.json ## fetch what .ci/web lists from npm

.ci/web/node_modules/.package-lock.json: .ci/web/package.json .ci/web/package-lock.json
	@npm ci --prefix .ci/web --ignore-scripts --no-audit --no-fund

mutate: ## change each row of the model's tables in each way; every change must fail a test
	@$(HOSTGO) test -tags mutate -run '^TestMutants$$' -count 1 -v ./analysis

random: ## random calls on CONNECTIONS, 10000: the model against this kernel
	@RSTWATCH_RANDOM=$(CONNECTIONS) .ci/go test -run '^TestRandom$$' -count 1 -v ./analysis/session

honest: ## explanations that are wrong on purpose, of every scenario: each must be refuted
	@RSTWATCH_PROVE_ALL=1 $(HOSTGO) test -run '^TestHonest$$' -count 1 -timeout 30m -v ./analysis/experiment

recordings: build ## perform the whole catalogue over both families, and make of it what rstwatch replay shows
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && bin/rstwatch run --all -4 -6 -q -w "$$t/all.pcapng" && \
		$(HOSTGO) test -count 1 -run '^TestPack$$' -v ./analysis/recorded -pack "$$t/all.pcapng" && \
		$(HOSTGO) test -count 1 ./analysis/recorded

bench: build ## analyze against tcpdump on the same captures; BENCHFLAGS=-short for small ones, BENCHDIR for where
	@BENCHDIR='$(BENCHDIR)' $(HOSTGO) run ./.ci/bench -rstwatch bin/rstwatch $(BENCHFLAGS)

bench-exec: build ## what exec costs a command, beside tcpdump and strace; BENCHFLAGS='-rounds 9'
	@$(HOSTGO) run ./.ci/benchexec -rstwatch bin/rstwatch $(BENCHFLAGS)

benchmarks: ## run the Go benchmarks
	@.ci/go test -run '^$$' -bench . -benchmem ./...

docs: build ## make the pictures of the README from real runs
	@$(HOSTGO) run ./.ci/docs -rstwatch bin/rstwatch

fuzz: ## fuzz each target for FUZZTIME, 20s
	@.ci/fuzz $(FUZZTIME)

# The flags of the other platforms are those of dist, which need not compile
# everything again then. What a browser is for is the same on each of them.
vet: ## go vet for all platforms, and for the backend built here
	@.ci/go vet ./...
	@for p in $(PLATFORMS); do \
		echo "vet $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go vet -tags=purego -trimpath \
			$$(go list ./... | grep -v '/webtest$$') || exit 1; \
	done
	@$(HOSTGO) vet .ci/testsum.go .ci/testsum_test.go
	@$(HOSTGO) vet .ci/dist.go
	@$(HOSTGO) vet ./.ci/genpcap ./.ci/bench ./.ci/benchexec ./.ci/docs

fmt-check: ## fail if a Go file is not gofmt'd
	@files=$$(gofmt -l .) && if [ -n "$$files" ]; then echo "not gofmt'd:"; echo "$$files"; exit 1; fi

staticcheck: ## staticcheck, for the backend built here, and for pure Go where that differs
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && GOBIN="$$t" $(HOSTGO) install $(STATICCHECK) && \
		case $$(.ci/backend 2>/dev/null) in \
		libpcap*) CGO_ENABLED=1 "$$t/staticcheck" ./... && CGO_ENABLED=0 "$$t/staticcheck" -tags purego $(BACKENDS) ;; \
		*) CGO_ENABLED=0 "$$t/staticcheck" -tags purego ./... ;; \
		esac

cross: ## build for the platforms that this machine is not
	@for p in $(PLATFORMS); do \
		echo "build $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build ./... || exit 1; \
	done

dist: ## reproducible static archives in dist/, with SHA256SUMS
	@rm -rf dist
	@$(HOSTGO) run .ci/dist.go -version '$(VERSION)' -o dist

check: ## all that CI checks
	@.ci/run

clean: ## remove bin/ and dist/
	@rm -rf bin dist

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
