import { createHash } from "node:crypto";

const LINE_BYTES = 18;

/** What borg keeps in a repository's `config` (repokey modes): its id in hex and the encrypted key in base64, in lines. */
export type RepositoryKey = { repositoryId: string; key: string };

/** Reads `config`. Null: it holds no key (borg keeps it on the client, or there is no encryption), or is not a configuration. */
export function readRepositoryKey(config: string): RepositoryKey | null {
  const id = /^id = ([0-9a-f]{64})$/m.exec(config)?.[1];
  const key = /^key = (.*(?:\n[ \t]+.*)*)/m.exec(config)?.[1];
  if (id === undefined || key === undefined) return null;
  const lines = key.split("\n").map((line) => line.trim());
  return { repositoryId: id, key: lines.join("\n").trim() };
}

/** Reads the text of a key file, which is that of `borg key export`. Null: it is none. */
export function readKeyFile(text: string): RepositoryKey | null {
  const [, repositoryId, key] = /^BORG_KEY ([0-9a-f]{64})\n([\s\S]+?)\n*$/.exec(text) ?? [];
  return repositoryId && key ? { repositoryId, key } : null;
}

/** The same text as `borg key export` (1.2, 1.4: keymanager.py). `borg key import` takes it. */
export function exportKey({ repositoryId, key }: RepositoryKey): string {
  return `BORG_KEY ${repositoryId}\n${key}\n`;
}

/** The same text as `borg key export --paper`: hex in numbered lines with check digits, to be typed in by hand. */
export function exportPaperKey({ repositoryId, key }: RepositoryKey): string {
  const binary = Buffer.from(key, "base64");
  const count = Math.ceil(binary.length / LINE_BYTES);
  const shortId = repositoryId.slice(0, 18);
  const whole = checkDigits(binary, 12);
  const ofHead = checkDigits(Buffer.from(`${count}/${shortId}/${whole}`, "ascii"), 2);
  const lines = Array.from({ length: count }, (_, i) => {
    const piece = binary.subarray(i * LINE_BYTES, (i + 1) * LINE_BYTES);
    const number = Buffer.alloc(2);
    number.writeUInt16BE(i + 1);
    const digits = checkDigits(Buffer.concat([number, piece]), 2);
    return `${String(i + 1).padStart(2)}: ${inGroups(piece.toString("hex"))} - ${digits}\n`;
  });
  return [
    "To restore key use borg key import --paper /path/to/repo\n\n",
    "BORG PAPER KEY v1\n",
    `id: ${count} / ${inGroups(shortId)} / ${inGroups(whole)} - ${ofHead}\n`,
    ...lines,
  ].join("");
}

function checkDigits(bytes: Buffer, length: number): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, length);
}

function inGroups(text: string): string {
  return (text.match(/.{1,6}/g) ?? []).join(" ");
}
