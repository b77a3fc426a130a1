#!/bin/sh
# Image step 3: what the programs of a half need from Debian. Usage: install-packages.sh web|storage
set -eu
part=$1
[ "$part" = storage ] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install --yes --no-install-recommends borgbackup openssh-server zstd
rm -rf /var/lib/apt/lists/*
# The system's own host keys are not used; an image must not hold keys that every container would share.
rm -f /etc/ssh/ssh_host_*
