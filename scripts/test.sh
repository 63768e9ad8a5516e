#!/usr/bin/env bash
# make test: everything over SQLite and over PostgreSQL with Redis; 95 % of branches.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
scripts/system_packages.sh run test
exec .venv/bin/python -m tests.services run -- .venv/bin/python scripts/run_tests.py "$@"
