# What people run. Each target is one line; the work is in scripts/.
PORT ?= 8000
VAR_DIR ?= var
PYTHON ?= python3
export PORT VAR_DIR PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo serve install test test-full check fmt bench bench-full lock

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

check:  ## Lint, format, types, import contracts, migrations, OpenAPI
	@scripts/check.sh

fmt:  ## Format, and fix what can be fixed
	@scripts/install.sh requirements-dev.txt
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bench:  ## CPU and memory of each format, beside their targets
	@scripts/bench.sh

bench-full:  ## The same up to ten million rows
	@scripts/bench.sh --full

lock:  ## Resolve requirements*.in anew, with hashes
	@scripts/lock.sh
