#!/usr/bin/env bash
# Installs what Python's packages cannot bring: libraries, fonts, and programs for tests.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin # ldconfig, which a plain user of Debian does not find

# Debian's package, and how to see that it (or what it stands for) is there.
packages() {
  case $1 in
    python) echo "
      python3-venv             python:ensurepip" ;;
    run) echo "
      libcairo2                library:libcairo.so.2
      libpango-1.0-0           library:libpango-1.0.so.0
      libpangocairo-1.0-0      library:libpangocairo-1.0.so.0
      libpangoft2-1.0-0        library:libpangoft2-1.0.so.0
      libharfbuzz-subset0      library:libharfbuzz-subset.so.0
      fontconfig               program:fc-list
      fonts-noto-core          font:Noto_Sans
      fonts-noto-cjk           font:Noto_Sans_CJK_JP
      fonts-noto-color-emoji   font:Noto_Color_Emoji" ;;
    test) echo "
      postgresql               postgresql:initdb
      redis-server             program:redis-server
      qpdf                     program:qpdf
      poppler-utils            program:pdftotext
      libxml2-utils            program:xmllint
      libreoffice-calc         libreoffice:calc
      nodejs                   program:node
      npm                      program:npm
      jq                       program:jq
      curl                     program:curl
      chromium                 program:chromium
      p7zip-full               program:7z
      openssh-server           program:sshd
      libnss-wrapper           preload:libnss_wrapper.so" ;;
    *) echo "unknown set '$1': python, run, test" >&2; return 1 ;;
  esac
}

is_there() {
  local name=${1#*:}
  case ${1%%:*} in
    library) ldconfig -p | grep -F "$name " >/dev/null ;;
    program) command -v "$name" >/dev/null ;;
    preload) [[ -z $(LD_PRELOAD=$name env true 2>&1) ]] ;; # ldconfig knows nothing of it
    python) "${PYTHON:-python3}" -c "import $name" 2>/dev/null ;;
    font) fc-list : family 2>/dev/null | grep -F "${name//_/ }" >/dev/null ;;
    postgresql) command -v "$name" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$name" >/dev/null ;;
    libreoffice) compgen -G "/usr/lib*/libreoffice/program/libsclo.so" >/dev/null || command -v soffice >/dev/null ;;
  esac
}

missing=()
for set in "$@"; do
  list=$(packages "$set")
  while read -r package probe; do
    if [[ -n $package ]] && ! is_there "$probe"; then missing+=("$package"); fi
  done <<<"$list"
done
if ((${#missing[@]} == 0)); then exit 0; fi

if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. As root, or with your system's own package manager, run:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

# The servers are for the tests' own use: Debian must neither start them nor make a cluster.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
cluster=/etc/postgresql-common/createcluster.conf
if [[ ! -e $cluster ]]; then
  mkdir -p "${cluster%/*}"
  echo 'create_main_cluster = false' >"$cluster"
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
apt() { apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" >>"$log" 2>&1 </dev/null; }
if ! { apt update && apt install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"; }; then
  tail -n 20 "$log" >&2
  echo "apt-get failed (all of it: $log). Once its sources answer, run this again" >&2
  exit 1
fi
rm -f "$log"
