#!/usr/bin/env bash
# Fuzzes each target for SECONDS (60 when nothing is said), all at once: tests/fuzz/run.sh [SECONDS] [TARGET...]
# A crash, a leak, an input over 10 s or over 2 GB of memory fails; the input is kept in build/fuzz/found and can be run again:
#   build/fuzz/tests/fuzz/study_fuzz build/fuzz/found/study_fuzz-crash-...
# What covers something new is kept in build/fuzz/corpus and used by the next run. A fix brings its input into
# tests/fuzz/corpus, where every build runs it as a test.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3

seconds=${1:-60}
shift || true
if [[ ! $seconds =~ ^[0-9]+$ ]]; then
  echo "usage: tests/fuzz/run.sh [SECONDS] [TARGET...]" >&2
  exit 2
fi
targets=("$@")
if [[ ${#targets[@]} == 0 ]]; then targets=(study_fuzz program_fuzz journal_fuzz); fi

./dev build fuzz "${targets[@]}" || exit 1

declare -A pids
for target in "${targets[@]}"; do
  name=${target%_fuzz}
  learned=build/fuzz/corpus/$name
  mkdir -p "$learned" build/fuzz/found
  dictionary=()
  if [[ -f tests/fuzz/$name.dict ]]; then dictionary=("-dict=tests/fuzz/$name.dict"); fi
  ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 \
    "build/fuzz/tests/fuzz/$target" "$learned" "tests/fuzz/corpus/$name" "${dictionary[@]}" \
    "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    "-artifact_prefix=build/fuzz/found/$target-" >"build/fuzz/$target.log" 2>&1 &
  pids[$target]=$!
done

failed=0
for target in "${targets[@]}"; do
  log=build/fuzz/$target.log
  if wait "${pids[$target]}"; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "$target: nothing found in $seconds s, ${runs:-0} inputs, $(find "build/fuzz/corpus/${target%_fuzz}" -type f | wc -l) kept"
    if [[ -n ${MEDVERKA_TALLY:-} ]]; then echo "1 0" >>"$MEDVERKA_TALLY"; fi
  else
    failed=1
    echo "$target: FAILED"
    grep -E -A 25 'ERROR|runtime error|check failed|SUMMARY' "$log" | head -60
    if [[ -n ${MEDVERKA_TALLY:-} ]]; then echo "0 1" >>"$MEDVERKA_TALLY"; fi
  fi
done
exit "$failed"
