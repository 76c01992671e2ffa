# Every target works on a fresh Debian or Ubuntu with Rust (rustup) and a C compiler.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# One target after the other, also under `make -j`: cargo brings its own parallelism.
.NOTPARALLEL:
export CARGO_BUILD_JOBS ?= $(shell nproc)
export CARGO_TERM_COLOR ?= $(if $(CI),never,auto)

CARGO_DENY_VERSION := 0.20.2
# What the panel is made of.
PANEL_SOURCES := $(shell find panel/src panel/public panel/index.html panel/*.ts panel/scripts -type f 2>/dev/null)

# npm before 11 leaves out the compiled parts of Vite 8.
NPM := $(shell if [ "$$(npm --version 2>/dev/null | cut -d. -f1)" -lt 11 ] 2>/dev/null; then echo npx --yes npm@11; else echo npm; fi)

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
CARGO_DENY := target/tools/bin/cargo-deny

.PHONY: train help run panel test lint doc tools unit monitoring smoke drills ccxt panel-if-possible panel-test screenshots licences bench docker
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: ## build and start the service in paper mode on 127.0.0.1:8000
	@$(MAKE) --no-print-directory panel-if-possible
	cargo build --release --locked && exec target/release/levibot

panel: panel/dist/index.html ## build the web panel, which the next build of the service takes in

panel/dist/index.html: panel/node_modules/.package-lock.json $(PANEL_SOURCES)
	npm --prefix panel run build

panel/node_modules/.package-lock.json: panel/package.json panel/package-lock.json
	$(NPM) --prefix panel ci --no-audit --no-fund

panel-if-possible:
	@backend/scripts/panel_if_possible.sh

# The panel comes first: it is built into the service.
test: tools panel-if-possible lint doc unit monitoring smoke drills ccxt panel-test licences ## everything that must hold before a merge
	@echo "make test: all passed"

lint: ## formatting and clippy, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

doc: ## the documentation of every crate, warnings are errors
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

tools: ## install what the tests need and this machine lacks
	@backend/scripts/install_test_tools.sh

unit: ## unit, property and house-rule tests
	cargo test --workspace --locked

monitoring: tools ## Prometheus' configuration and every alert, by promtool
	@backend/scripts/monitoring.sh

smoke: ## start the built service and try every command of the user's document
	cargo build --locked && backend/scripts/smoke.sh

drills: ## upgrade, way back to paper, backup and restore, with the built service
	cargo build --locked && backend/scripts/drills/upgrade.sh && backend/scripts/drills/backup.sh

ccxt: ## let CCXT, a client of others, trade on the sandbox exchange
	cargo build --locked && backend/scripts/ccxt.sh

train: ## fit the intent model again; the same labelled messages give the same file
	cargo run --locked -- train --report --out backend/crates/signal/src/model.tsv --svg docs/images/reliability.svg --test backend/testdata/signals/unseen.jsonl

panel-test: panel-if-possible ## the panel's own tests, in Chromium against the built service
	cargo build --locked && backend/scripts/panel_test.sh

screenshots: panel ## take the pictures in docs/images anew
	cargo build --locked && npm --prefix panel run screenshots

bench: ## print how fast messages are read, decided on and journalled, and a journal becomes state again
	cargo run --release --locked -p journal --example throughput
	cargo run --release --locked -p driver --example replay
	cargo run --release --locked -p signal --example speed

docker: ## build the image that the compose files start (needs a Docker engine)
	docker build -f ops/Dockerfile -t levibot:$(VERSION) .

licences: $(CARGO_DENY) ## licences, banned crates and sources of all dependencies
	$(CARGO_DENY) check bans licenses sources

$(CARGO_DENY):
	@echo "cargo-deny $(CARGO_DENY_VERSION) is not in target/tools yet: building it once, about 3 minutes on 2 cores"
	cargo install cargo-deny --locked --version $(CARGO_DENY_VERSION) --root target/tools
