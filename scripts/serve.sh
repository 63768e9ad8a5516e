#!/usr/bin/env bash
# make serve: web server, worker and beat under a supervisor, in the foreground.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh requirements.txt
scripts/system_packages.sh run

export PORT=${PORT:-8000}
VAR_DIR=$(realpath -m "${VAR_DIR:-var}")
export VAR_DIR
mkdir -p "$VAR_DIR/log" "$VAR_DIR/static"
if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
  echo "port $PORT is taken: make serve PORT=8001" >&2
  exit 1
fi
rm -f "$VAR_DIR"/metrics/*.db # sums of processes that are gone: counters begin at 0
.venv/bin/python manage.py migrate --no-input --verbosity 0
echo "http://127.0.0.1:$PORT - logs in $VAR_DIR/log - Ctrl-C stops it"
exec .venv/bin/supervisord --nodaemon --configuration deploy/supervisord.conf
