#!/usr/bin/env bash
# All figures, or those whose name matches FILTER: benchmarks/bench.sh [--tiny] [--build FOLDER] [--repeat N] [FILTER]
# Needs a built tree (build/release); ./dev bench builds it first. Method and targets: benchmarks/README.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec python3 benchmarks/bench.py "$@"
