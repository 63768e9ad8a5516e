#!/usr/bin/env bash
# make lock: resolves requirements*.in anew, with hashes, for Python 3.11 and later.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
for name in requirements-slim requirements requirements-dev; do
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" "$@" \
    "$name.in" --output-file "$name.txt"
done
