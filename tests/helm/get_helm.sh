#!/usr/bin/env bash
# Prints the path of a Helm 3: the one on PATH, else one built by the Go toolchain into build/tools, once. Debian has no package of
# it. Exit code 3, with the reason: there is none, and none can be built here.
#
# The first build compiles Helm and the Kubernetes clients: about three minutes of processor time and 1.2 GB in Go's caches.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The newest that Go 1.24 builds. Go checks what it fetches against its checksum database.
version=v3.19.5
go_minor_min=24

if command -v helm >/dev/null && [[ $(helm version --short 2>/dev/null) == v3.* ]]; then
  command -v helm
  exit 0
fi

helm=$PWD/build/tools/helm-$version
if [[ -x $helm ]]; then
  echo "$helm"
  exit 0
fi

if ! command -v go >/dev/null; then
  echo "no helm and no go on PATH: install Helm 3, or Go 1.$go_minor_min or newer to build it" >&2
  exit 3
fi
if [[ ! $(GOTOOLCHAIN=local go env GOVERSION) =~ ^go1\.([0-9]+) ]] || ((BASH_REMATCH[1] < go_minor_min)); then
  echo "no helm on PATH, and $(go env GOVERSION) is too old to build it: install Helm 3, or Go 1.$go_minor_min or newer" >&2
  exit 3
fi

echo "building helm $version with Go, once" >&2
mkdir -p build/tools
folder=$(mktemp -d build/tools/go-XXXXXX)
trap 'rm -rf "$folder"' EXIT
if ! log=$(GOTOOLCHAIN=local GOFLAGS='' CGO_ENABLED=0 GOBIN=$PWD/$folder \
  go install -trimpath -ldflags='-s -w' "helm.sh/helm/v3/cmd/helm@$version" 2>&1); then
  echo "go could not build helm $version: ${log##*$'\n'}" >&2
  exit 3
fi
mv "$folder/helm" "$helm"
echo "$helm"
