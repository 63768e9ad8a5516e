#!/usr/bin/env bash
# scripts/admin_pictures.sh: pages of the admin for docs/pictures anew, of demo data.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export VAR_DIR="$work" DATABASE_URL="sqlite:///$work/db.sqlite3" REDIS_URL="" PORT=${PORT:-8009}
web=
trap '[[ -z $web ]] || kill "$web"; rm -rf "$work"' EXIT
manage() { .venv/bin/python manage.py "$@"; }

manage migrate --no-input --verbosity 0
manage create_business northwind --name "Northwind Traders" --currency USD
manage demo_data --business northwind --companies 60 --verifications 3000 \
  --until "$(date -u +%F)"
manage shell --no-imports <scripts/admin_scene.py
.venv/bin/gunicorn kyb_export.wsgi --bind "127.0.0.1:$PORT" --worker-class gthread \
  --threads 8 --no-control-socket --log-level warning &
web=$!
.venv/bin/python scripts/admin_pictures.py "http://127.0.0.1:$PORT" docs/pictures
ls -l docs/pictures/admin-*
