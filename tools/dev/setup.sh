#!/usr/bin/env bash
# Installs what is missing for building, running and testing Relance on Debian 12, and the packages that are named.
# Safe to repeat; asks nothing.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

missing=()
while read -r package; do
  [[ -z $package || $package == \#* ]] && continue
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done < <(cat "$root/tools/dev/packages.txt"; printf '%s\n' "$@")
# Where another Node.js is installed already, Debian's npm would not go beside it.
command -v npm >/dev/null || missing+=(nodejs npm)

if ((${#missing[@]})); then
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "setup: need root or sudo to install: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "setup: installing ${#missing[@]} packages: ${missing[*]}"
  log=$(mktemp)
  # The packages of two servers would start one each; Relance starts its own, private ones.
  policy=/usr/sbin/policy-rc.d
  had_policy=0
  [[ -e $policy ]] && had_policy=1
  ((had_policy)) || printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  ((had_policy)) || "${as_root[@]}" chmod +x "$policy"
  installed=1
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 || installed=0
  ((had_policy)) || "${as_root[@]}" rm -f "$policy"
  if ((!installed)); then
    tail -n 20 "$log" >&2
    echo "setup: apt-get failed; the whole output is in $log" >&2
    exit 1
  fi
  rm -f "$log"
else
  echo "setup: all Debian packages are there"
fi

# The contract and manifest checks are npm programs; versions are locked.
checks=$root/tools/checks
if [[ -f $checks/package-lock.json && ! $checks/node_modules/.package-lock.json -nt $checks/package-lock.json ]]; then
  echo "setup: installing the checkers of contract and manifests"
  (cd "$checks" && npm ci --no-audit --no-fund --loglevel=error)
  touch "$checks/node_modules/.package-lock.json"
fi
