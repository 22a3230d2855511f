#!/usr/bin/env bash
# The file tree of the container image, made from a clean copy of the sources: what Dockerfile runs, and what
# tests/packages/image.test.ts runs where there is no container engine. Third-party code is what the lockfile names; no
# install script runs.   usage: deploy/image-tree.sh DESTINATION   (needs Node 24 and npm)
set -euo pipefail
cd "$(dirname "$0")/.."
image=$1

npm ci --ignore-scripts --no-audit --no-fund
node tools/models.ts
node tools/build.ts

for package in packages/*/; do
  mkdir -p "$image/$package"
  cp "$package/package.json" "$image/$package"
  for part in dist bin heads models; do
    if [ -d "$package/$part" ]; then cp -R "$package/$part" "$image/$package"; fi
  done
done
cp -R LICENSE examples "$image"
cp package.json package-lock.json .npmrc "$image"
(cd "$image" && npm ci --ignore-scripts --omit=dev --no-audit --no-fund)

# Node itself is the image's, and of the inference runtime only this platform's library is ever loaded.
rm -rf "$image"/node_modules/node-* "$image"/node_modules/.bin/node "$image/.npmrc"
platform=$(node -p 'process.platform') arch=$(node -p 'process.arch')
for library in "$image"/node_modules/onnxruntime-node/bin/napi-v*/*/*/; do
  case $library in */"$platform/$arch"/) ;; *) rm -rf "$library" ;; esac
done
