#!/usr/bin/env bash
# make audit: looks the locked packages up in an advisory source, over the network.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
exec .venv/bin/python scripts/audit.py requirements.txt
