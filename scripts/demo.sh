#!/usr/bin/env bash
# make demo: installs what runs, then the demo itself.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements.txt
scripts/system_packages.sh run
exec .venv/bin/python manage.py demo
