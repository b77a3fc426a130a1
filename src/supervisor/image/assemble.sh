#!/bin/sh
# Image step 2: what runs, and nothing of what built it. Usage: assemble.sh <clone> <target>
set -eu
clone=$1
target=$2
mkdir -p "$target/.next" "$target/node_modules/@node-rs" "$target/src/supervisor"
cp -a "$clone/dist" "$clone/drizzle" "$clone/package.json" "$target/"
cp -a "$clone/.next/standalone" "$clone/.next/static" "$target/.next/"
if [ -d "$clone/public" ]; then cp -a "$clone/public" "$target/"; fi
for package in "$clone"/node_modules/@node-rs/bcrypt*; do cp -a "$package" "$target/node_modules/@node-rs/"; done
cp -a "$clone/src/supervisor/image" "$target/src/supervisor/"
# Root starts this; no other account may be able to change it.
chown -R root:root "$target"
chmod -R go-w "$target"
