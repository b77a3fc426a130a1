#!/bin/sh
# Installs the agent of a Borg Backup Server on this machine. The console shows the whole line to run; see --help.
# It downloads one file from that server, compares its SHA-256 with the one in the line, and only then runs it.
set -eu
umask 077

PROGRAM=/opt/bbs-agent
UNIT=/etc/systemd/system/bbs-agent.service
PLIST=/Library/LaunchDaemons/bbs-agent.plist

usage() {
  cat <<'END'
sh install.sh --server URL --token TOKEN --agent-sha256 SHA256
              [--tls-fingerprint SHA256]      the server's own certificate; without it, it must be publicly trusted
              [--release-key KEY]             install only updates that this key has signed
              [--dir FOLDER]                  where the agent keeps its configuration (/etc/bbs-agent)
              [--program-dir FOLDER]          where its program goes (/opt/bbs-agent)
              [--again]                       enrol a machine that was enrolled before
              [--read-path PATH]...           what may be backed up (everything)
              [--restore-folder PATH] [--restore-path PATH]... [--allow-restore-to-original]
                                              where restores may write (the restore folder only)
              [--allow-browse]                let people with the permission look at its files
              [--no-service]                  enrol only; print how to run it
END
}

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

server='' token='' fingerprint='' sha256='' dir=/etc/bbs-agent service=yes
# What enroll understands itself is passed on, one line per word: none of these words may hold a newline.
passed=''
pass() { passed="$passed$1
"; }
while [ $# -gt 0 ]; do
  case $1 in
    --server | --token | --tls-fingerprint | --agent-sha256 | --dir | --program-dir | --release-key | --read-path | --restore-folder | --restore-path)
      [ $# -ge 2 ] || fail "$1 needs a value."
      case $2 in *'
'*) fail "The value of $1 must not hold a newline." ;; esac ;;
  esac
  case $1 in
    --server) server=$2; shift 2 ;;
    --token) token=$2; shift 2 ;;
    --tls-fingerprint) fingerprint=$2; shift 2 ;;
    --agent-sha256) sha256=$2; shift 2 ;;
    --dir) dir=$2; shift 2 ;;
    --program-dir) PROGRAM=$2; shift 2 ;;
    --release-key | --read-path | --restore-folder | --restore-path) pass "$1"; pass "$2"; shift 2 ;;
    --again | --allow-restore-to-original | --allow-browse) pass "$1"; shift ;;
    --no-service) service=no; shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; fail "Unknown option: $1" ;;
  esac
done
[ -n "$server" ] && [ -n "$token" ] && [ -n "$sha256" ] || { usage >&2; fail "--server, --token and --agent-sha256 are needed; the console shows the whole line."; }
server=${server%/}
case $server in
  https://*) ;;
  http://localhost | http://localhost:* | http://127.* | "http://[::1]"*) ;;
  *) fail "$server is not encrypted: the address must begin with https:// (http only for this machine itself)." ;;
esac
case $dir$PROGRAM in *[!A-Za-z0-9_./@+-]*) fail "--dir and --program-dir must be plain paths without blanks or special characters." ;; esac
case $dir in /*) ;; *) fail "--dir must be an absolute path." ;; esac

root=no
[ "$(id -u)" = 0 ] && root=yes
if [ "$root" = no ] && [ "$dir" = /etc/bbs-agent ]; then
  fail "Run this as root (sudo), or give --dir and --program-dir in your home to back up only what your account can read."
fi

# --- what it stands on -------------------------------------------------------------------------------------------------------
node=$(command -v node || true)
[ -n "$node" ] || fail "node is missing; version 18 or later is needed. Debian 12 and later, Ubuntu 24.04 and later: apt-get install nodejs. Fedora: dnf install nodejs. Alpine: apk add nodejs. macOS: brew install node. Then run the same line again; the token is not used up."
major=$("$node" -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || fail "node $("$node" -v) is too old; version 18 or later is needed. Then run the same line again; the token is not used up."

missing=''
command -v borg >/dev/null 2>&1 || missing="$missing borgbackup"
command -v ssh >/dev/null 2>&1 && command -v ssh-keygen >/dev/null 2>&1 || missing="$missing openssh-client"
if [ -n "$missing" ]; then
  if [ "$root" = yes ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing$missing with apt-get."
    # shellcheck disable=SC2086 # a list of package names
    (umask 022; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing) >&2 ||
      fail "apt-get could not install$missing. Install it by hand and run the same line again; the token is not used up."
  else
    say "Not found:$missing. Install it before the first backup: dnf install borgbackup openssh-clients, apk add borgbackup openssh-client, brew install borgbackup."
  fi
fi

# --- download, check ---------------------------------------------------------------------------------------------------------
work=$(mktemp -d "${TMPDIR:-/tmp}/bbs-install.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
url=$server/agent/bbs-agent.mjs
# With a pinned certificate no authority vouches for the download; its hash, which came with the line, does.
loose=''
[ -z "$fingerprint" ] || loose=yes
if command -v curl >/dev/null 2>&1; then
  curl -fsS ${loose:+-k} --proto '=https,http' --max-redirs 0 --max-time 300 -o "$work/agent.mjs" "$url" || fail "$url could not be downloaded. Is the server reachable from here?"
elif command -v wget >/dev/null 2>&1; then
  wget -q ${loose:+--no-check-certificate} -T 300 -O "$work/agent.mjs" "$url" || fail "$url could not be downloaded. Is the server reachable from here?"
else
  fail "curl or wget is needed for the download."
fi
got=$("$node" -e 'const c=require("crypto").createHash("sha256");c.update(require("fs").readFileSync(process.argv[1]));console.log(c.digest("hex"))' "$work/agent.mjs")
[ "$got" = "$sha256" ] || fail "The downloaded agent is not the one that the console named (SHA-256 $got, expected $sha256). Nothing was installed. If the server was updated meanwhile, get a new line from the console."

# --- install, enrol ----------------------------------------------------------------------------------------------------------
(umask 022; mkdir -p "$PROGRAM")
# What updates brought gives way to what is installed now.
rm -f "$PROGRAM/current"
cp "$work/agent.mjs" "$PROGRAM/bbs-agent.mjs.part"
chmod 755 "$PROGRAM/bbs-agent.mjs.part"
mv -f "$PROGRAM/bbs-agent.mjs.part" "$PROGRAM/bbs-agent.mjs"
rm -rf "$PROGRAM/versions"
say "Installed $PROGRAM/bbs-agent.mjs."

set -- --dir "$dir" --server "$server" --token "$token"
[ -z "$fingerprint" ] || set -- "$@" --tls-fingerprint "$fingerprint"
newline='
'
while [ -n "$passed" ]; do
  set -- "$@" "${passed%%"$newline"*}"
  passed=${passed#*"$newline"}
done
"$node" "$PROGRAM/bbs-agent.mjs" enroll "$@"

# --- service -----------------------------------------------------------------------------------------------------------------
run_line="$node $PROGRAM/bbs-agent.mjs run --dir $dir"
by_hand() {
  say "$1 Start the agent with:"
  say "  $run_line"
  exit 0
}
[ "$service" = yes ] || by_hand "No service was made, as asked."
[ "$root" = yes ] || by_hand "Not root, so no service was made."
[ "$PROGRAM" = /opt/bbs-agent ] && [ "$dir" = /etc/bbs-agent ] || by_hand "A service is made for the usual folders only."

(umask 022; mkdir -p /usr/local/bin)
cat >/usr/local/bin/bbs-agent <<END
#!/bin/sh
exec $node $PROGRAM/bbs-agent.mjs "\$@"
END
chmod 755 /usr/local/bin/bbs-agent

if [ "$(uname -s)" = Darwin ]; then
  cat >"$PLIST" <<END
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>Label</key><string>bbs-agent</string>
  <key>ProgramArguments</key><array>
    <string>$node</string><string>$PROGRAM/bbs-agent.mjs</string><string>run</string><string>--dir</string><string>$dir</string>
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><true/>
  <key>ExitTimeOut</key><integer>60</integer>
  <key>ProcessType</key><string>Background</string>
  <key>StandardErrorPath</key><string>/var/log/bbs-agent.log</string>
</dict></plist>
END
  chmod 644 "$PLIST"
  launchctl bootout system/bbs-agent 2>/dev/null || true
  launchctl bootstrap system "$PLIST"
  say "The agent runs (launchd, bbs-agent; log in /var/log/bbs-agent.log)."
elif [ -d /run/systemd/system ]; then
  # Reads everything and, when its policy says so, restores everywhere: what would hide files or take away chown is left out.
  cat >"$UNIT" <<END
[Unit]
Description=Borg Backup Server agent
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=$run_line
Restart=always
RestartSec=5
KillMode=mixed
TimeoutStopSec=60
UMask=0077
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
NoNewPrivileges=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectHostname=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
END
  chmod 644 "$UNIT"
  systemctl daemon-reload
  systemctl enable --quiet bbs-agent.service
  systemctl restart bbs-agent.service
  say "The agent runs (systemd, bbs-agent.service; log: journalctl -u bbs-agent)."
else
  by_hand "systemd does not run here, so no service was made."
fi
say "See what it does: bbs-agent status. Check everything: bbs-agent doctor."
