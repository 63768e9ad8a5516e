# What people run. Each target is one line; the work is in scripts/.
PORT ?= 8000
VAR_DIR ?= var
MINUTES ?= 10
PYTHON ?= python3
export PORT VAR_DIR PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo serve install test test-full test-security test-browser check fmt bench bench-full load lock audit

help:  ## This list
	@sed -n 's/^\([a-z-]*\):.*##/make \1 -/p' Makefile

demo:  ## From an empty folder to exported files of every format
	@scripts/demo.sh

serve:  ## Web server, worker and beat, kept up until Ctrl-C
	@scripts/serve.sh

install:  ## All that checks and tests need
	@scripts/install.sh requirements-dev.txt && scripts/system_packages.sh run test

test:  ## Tests over SQLite, and over a private PostgreSQL and Redis
	@scripts/test.sh

test-full:  ## The same with the long forms
	@scripts/test.sh --full

test-security:  ## The long forms of the tests of security alone
	@scripts/test.sh --security

test-browser:  ## The admin in real chromium
	@scripts/test_browser.sh

check:  ## Lint, format, types, import contracts, migrations, OpenAPI
	@scripts/check.sh

audit:  ## Whether an advisory names what is locked, and what could not be asked
	@scripts/audit.sh

fmt:  ## Format, and fix what can be fixed
	@scripts/install.sh requirements-dev.txt
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bench:  ## CPU and memory of each format, beside their targets
	@scripts/bench.sh

bench-full:  ## The same up to ten million rows
	@scripts/bench.sh --full

load:  ## Many callers at once for MINUTES (10), then jobs from 202 to their end
	@scripts/load.sh --minutes $(MINUTES)

lock:  ## Resolve requirements*.in anew, with hashes
	@scripts/lock.sh
