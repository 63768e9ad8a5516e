#!/usr/bin/env bash
# make check: every check, all of them run, whatever the first says.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements-dev.txt
scripts/system_packages.sh run

# A folder of its own: checking leaves nothing in the installation's.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export VAR_DIR=$scratch

failed=()
check() { # remedy, command...
  local remedy=$1 started=$SECONDS verdict=ok
  shift
  .venv/bin/"$@" || { verdict=FAILED && failed+=("$* -> $remedy"); }
  echo "-- $* : $verdict, $((SECONDS - started)) s"
}
check "make fmt" ruff check --quiet --output-format concise .
check "make fmt" ruff format --check --quiet .
check "mend it, or say in a comment beside nosec why not" bandit --quiet --configfile pyproject.toml --recursive .
check "correct the types" mypy --no-incremental
check "move the import, or the layer in .importlinter with its reason" lint-imports --no-logo
check "manage.py makemigrations" python manage.py makemigrations --check --dry-run
check "manage.py openapi" python manage.py openapi --check
check "manage.py statemachine" python manage.py statemachine --check

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
