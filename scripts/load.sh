#!/usr/bin/env bash
# make load: many callers at once, on a private PostgreSQL and Redis.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
scripts/system_packages.sh run test
exec .venv/bin/python -m tests.services run -- .venv/bin/python -m benchmarks.load "$@"
