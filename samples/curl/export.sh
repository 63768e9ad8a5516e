#!/usr/bin/env bash
# Exports in the background with curl and jq: asks, follows, downloads, verifies.
#
#   KYB_API_KEY=kyb_... ./export.sh http://127.0.0.1:8000 business_123 verifications csv verifications.csv
set -euo pipefail

usage='BASE BUSINESS TYPE FORMAT OUT'
base=${1:?$usage} business=${2:?$usage} type=${3:?$usage} format=${4:?$usage} out=${5:?$usage}
: "${KYB_API_KEY:?must hold an API key}"
tries=6
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# From a file, so that the key is in no list of processes.
printf 'header = "Authorization: Bearer %s"\n' "$KYB_API_KEY" >"$scratch/key"

field() { jq -r "$1" "$scratch/body"; }

# The answer's body is left for field. Waits as long as the service says.
# $again: a further status that is worth another try.
call() {
  local attempt seconds status
  for ((attempt = 1; attempt <= tries; attempt++)); do
    : >"$scratch/head"
    status=$(curl --silent --show-error --max-time 60 --config "$scratch/key" --dump-header "$scratch/head" \
      --output "$scratch/body" --write-out '%{http_code}' "$@") || status=000
    if [[ $status == 2* ]]; then return 0; fi
    if [[ ! $status =~ ^(000|429|502|503|504${again:+|$again})$ ]]; then break; fi
    seconds=$(tr -d '\r' <"$scratch/head" | sed -n 's/^[Rr]etry-[Aa]fter: //p')
    sleep "${seconds:-$attempt}"
  done
  if [[ $status == 000 ]]; then
    echo "no answer from $base" >&2
  else
    field '"\(.error.code): \(.error.message) (request \(.request_id))", (.error.details[] | "  \(.field): \(.message)")' >&2 ||
      echo "HTTP $status" >&2
  fi
  return 1
}

# Whatever becomes of the connection, one Idempotency-Key makes one job.
# 409: the first try of this key still runs, or too many jobs of the business are active.
spec=$(jq -n --arg business "$business" --arg type "$type" --arg format "$format" \
  '{business_id: $business, export_type: $type, format: $format}')
again=409 call --request POST "$base/v1/export/jobs" --header 'Content-Type: application/json' \
  --header "Idempotency-Key: $(jq -rn 'now')-$RANDOM$RANDOM$RANDOM" --data "$spec"
job=$(field .job_id)
echo "$job asked for"
trap 'call --request POST "$base/v1/export/jobs/$job/cancel"; exit 130' INT TERM

while call "$base/v1/export/jobs/$job"; do
  case $(field .status) in
    completed) break ;;
    failed | cancelled)
      field '"\(.job_id): \(.error.code // .status): \(.error.message // "no file")"' >&2
      exit 1
      ;;
  esac
  field '"\(.progress * 100 | floor)% \(.step_description)"'
  sleep 1
done
export_id=$(field .result.export_id)
sha256=$(field .result.sha256)
told=$(field '.result | "\(.row_count) rows, \(.completeness)"')

# A broken download goes on where it broke; the file takes its name only when it is whole.
part=$out.$export_id.part
for ((attempt = 1; attempt <= tries; attempt++)); do
  if curl --silent --show-error --fail --config "$scratch/key" --retry 5 --continue-at - --output "$part" \
    "$base/v1/export/files/$export_id"; then
    break
  fi
  sleep "$attempt"
done
if ! sha256sum --check --status <<<"$sha256  $part"; then
  rm -f "$part"
  echo 'the file is not the one that was made: sha256 differs' >&2
  exit 1
fi
mv "$part" "$out"
echo "$out: $told"
