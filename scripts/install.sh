#!/usr/bin/env bash
# Installs a locked requirements file into .venv; quick when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=${1:?usage: scripts/install.sh requirements.txt}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed: make ... PYTHON=python3.11" >&2
  exit 1
}
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  "$python" -c 'import ensurepip' 2>/dev/null || scripts/system_packages.sh python
  "$python" -m venv --clear .venv
fi

# The stamp holds the lock file's own bytes: any change, back or forth, is noticed.
stamp=.venv/installed-$requirements
if ! cmp -s "$requirements" "$stamp"; then
  echo "Installing $requirements into .venv"
  .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
    --root-user-action=ignore --require-hashes -r "$requirements" || {
    echo "pip could not install $requirements: look at the package index (pip config list), then run this again" >&2
    exit 1
  }
  cp "$requirements" "$stamp"
fi
