#!/bin/sh
# Image step 1, in a clone: node modules and everything that is built. Usage: build.sh
set -eu
cd "$(dirname "$0")/../../.."
npm install --no-save --include=dev --no-audit --no-fund --loglevel=error
node src/supervisor/build.mjs
