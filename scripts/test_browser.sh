#!/usr/bin/env bash
# make test-browser: what people do in the admin, in Debian's chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
scripts/system_packages.sh run test
exec env DATABASE_URL="sqlite:///$(mktemp -d)/browser.sqlite3" REDIS_URL="" CELERY_BROKER_URL="" \
  .venv/bin/python -m pytest -m browser tests/browser "$@"
