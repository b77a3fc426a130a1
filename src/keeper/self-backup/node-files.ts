/**
 * What of the data folder only root can read and a rebuilt server must have again, by its path below it: agents pin the certificate and the
 * host key, and files in the repositories belong to account numbers. Nothing else is taken out of a self-backup into the data folder.
 * Edit when the supervisor or the keeper keeps another such file.
 */
export const NODE_FILES: ReadonlyMap<string, { mode: number }> = new Map([
  ["accounts.json", { mode: 0o644 }],
  ["locations.json", { mode: 0o600 }],
  ["secrets/tls/cert.pem", { mode: 0o644 }],
  ["secrets/tls/key.pem", { mode: 0o640 }],
  ["ssh/ssh_host_ed25519_key", { mode: 0o600 }],
  ["ssh/ssh_host_ed25519_key.pub", { mode: 0o644 }],
  ["keeper/accounts.json", { mode: 0o600 }],
  ["keeper/locations-seen.json", { mode: 0o600 }],
  ["keeper/sessions.ndjson", { mode: 0o600 }],
]);
