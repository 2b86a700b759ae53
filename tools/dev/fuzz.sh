#!/usr/bin/env bash
# Fuzzes one parser (a tests/fuzz/<name>_fuzz.cc), or all of them one after the other, seeded with the samples. What is found
# lies in var/fuzz/<name>/crash-*: mend it, and move it to tests/fuzz/findings/<name>/, where every test run reads it.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root"
name=${1:-all}
runs=${2:-10000000}
names=()
for source in tests/fuzz/*_fuzz.cc; do
  stem=$(basename "$source" _fuzz.cc)
  [[ $name == all || $name == "$stem" ]] && names+=("$stem")
done
[[ ${#names[@]} -gt 0 ]] || { echo "no such parser: $name" >&2; exit 2; }

for stem in "${names[@]}"; do
  work=var/fuzz/$stem
  mkdir -p "$work/corpus"
  seeds=()
  for folder in $(sed -n "s/^set(seeds_$stem \(.*\))$/\1/p" tests/fuzz/CMakeLists.txt) "tests/fuzz/findings/$stem"; do
    [[ -d $folder ]] && seeds+=("$folder")
  done
  build/fuzz/bin/"fuzz_$stem" -runs="$runs" -max_len=1024 -entropic=0 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="$work/" "$work/corpus" "${seeds[@]}" > "$work/log" 2>&1 ||
    { tail -40 "$work/log" >&2; echo "fuzz: $stem: a finding, see $work" >&2; exit 1; }
  sed -n 's/^stat::number_of_executed_units: */fuzz: '"$stem"': executions /p; s/^stat::average_exec_per_sec: */fuzz: '"$stem"': a second /p' "$work/log"
done
