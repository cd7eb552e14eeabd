#!/usr/bin/env bash
# Builds the VS Code extension with npm, then runs its tests: the grammar's, and the language server's through the
# client half of VS Code's own protocol library. MEDVERKA names the binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../editors/vscode"
if ! command -v npm >/dev/null; then
  echo "npm is missing; ./dev setup installs it" >&2
  exit 1
fi
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then npm ci --no-progress; fi
npm run build
npm test
