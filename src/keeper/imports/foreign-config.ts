import { createHash } from "node:crypto";
import { KeeperRefuses } from "../refusal";

/** What a foreign repository's `config` says, as far as borg 1.x knows it. */
export type ForeignConfig = {
  borgId: string;
  /** As borg keeps it, line by line; null: the key is not in there. */
  key: string | null;
  appendOnly: boolean;
  quotaBytes: number | null;
  maxSegmentBytes: number;
  sha256: string;
};

/** What borg 1.0 to 1.4 write there. */
const NAMES = [
  ...["version", "segments_per_dir", "max_segment_size", "append_only", "storage_quota"],
  ...["additional_free_space", "id", "key", "last_segment_checked"],
];

/**
 * Reads the configuration of a repository that was made elsewhere, strictly: it is somebody else's text, and borg will be led by it. Refuses
 * `not-allowed` for anything that borg 1.x does not write, another format, and another layout of the segments than the usual one.
 */
export function readForeignConfig(text: string): ForeignConfig {
  const values = readValues(text);
  const numberOf = (name: string, otherwise: number) => {
    const value = values.get(name) ?? String(otherwise);
    if (!/^\d{1,15}$/.test(value)) throw odd(`its ${name} is no number`);
    return Number(value);
  };
  if (numberOf("version", 0) !== 1) throw odd("it is not in the format of borg 1.x");
  if (numberOf("segments_per_dir", 1000) !== 1000)
    throw odd("its segments do not lie in folders of 1000 as borg lays them out");
  const maxSegmentBytes = numberOf("max_segment_size", 524_288_000);
  if (maxSegmentBytes < 1_000_000 || maxSegmentBytes > 4_000_000_000)
    throw odd("its max_segment_size is out of range");
  const borgId = values.get("id") ?? "";
  if (!/^[0-9a-f]{64}$/.test(borgId)) throw odd("it has no id");
  const key = values.get("key") ?? null;
  if (key !== null && !isBase64(key)) throw odd("its key cannot be read");
  return {
    ...{ borgId, key, maxSegmentBytes },
    appendOnly: numberOf("append_only", 0) !== 0,
    quotaBytes: numberOf("storage_quota", 0) || null,
    sha256: createHash("sha256").update(text, "latin1").digest("hex"),
  };
}

/** The configuration as `borg init` would write it here: the id and the key of before, everything else ours. */
export function renderConfig(
  { borgId, key, maxSegmentBytes }: ForeignConfig,
  quotaBytes: number | null,
): string {
  const lines = [
    "[repository]",
    "version = 1",
    "segments_per_dir = 1000",
    `max_segment_size = ${maxSegmentBytes}`,
    "append_only = 0",
    `storage_quota = ${quotaBytes ?? 0}`,
    "additional_free_space = 0",
    `id = ${borgId}`,
    ...(key === null ? [] : [`key = ${key.split("\n").join("\n\t")}`]),
  ];
  return `${lines.join("\n")}\n\n`;
}

/** The text that `borg key export` writes, for this repository; as borg keeps it in a key file. Refuses `bad-request` for any other. */
export function readKeyText(text: string, borgId: string): string {
  const found = /^BORG_KEY ([0-9a-f]{64})\n([A-Za-z0-9+/=\n]+)$/.exec(text.replaceAll("\r\n", "\n").trim());
  if (!found?.[2] || !isBase64(found[2]))
    throw new KeeperRefuses(
      "bad-request",
      "That is not a key as `borg key export` writes it: a line BORG_KEY with the repository's id, then lines of base64.",
    );
  if (found[1] !== borgId) throw new KeeperRefuses("bad-request", "That is the key of another repository.");
  return `BORG_KEY ${borgId}\n${found[2]}\n`;
}

function readValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let last: string | null = null;
  const lines = text.split(/\r?\n/);
  if (lines[0] !== "[repository]") throw odd("it does not begin as borg writes it");
  for (const line of lines.slice(1)) {
    const more = /^[ \t]+(\S.*)$/.exec(line);
    if (more?.[1] !== undefined && last === "key") {
      values.set(last, `${values.get(last)}\n${more[1].trimEnd()}`);
      continue;
    }
    if (line.trim() === "") continue;
    const [, name = "", value = ""] = /^([a-z_]+) ?= ?(.*)$/.exec(line) ?? [];
    if (!NAMES.includes(name) || values.has(name)) throw odd("it has a line that borg does not write");
    values.set(name, value.trim());
    last = name;
  }
  return values;
}

const isBase64 = (text: string) => /^[A-Za-z0-9+/=]+(?:\n[A-Za-z0-9+/=]+)*$/.test(text);

const odd = (why: string) => new KeeperRefuses("not-allowed", `Its configuration is not borg's: ${why}.`);
