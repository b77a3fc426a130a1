import type { Certificate } from "./certificate";
import { formatBytes, formatCount, formatDuration, formatRate } from "./quantity";

/** What a certificate says is proven, by whom and of what, in sentences; one that failed says that first. */
export function sayCertificate(certificate: Certificate): string[] {
  const { client, drill, everything, files, restored, sample } = certificate;
  const same = files.filter(({ readBack }) => readBack === "same").length;
  const wrong = files.filter(({ readBack }) => readBack !== "same");
  const took = formatDuration(Math.max(1, Math.round(drill.milliseconds / 1000)));
  return [
    certificate.outcome === "failed" ? `The drill failed: ${certificate.say}` : certificate.say,
    sayWhere(certificate),
    ...(files.length > 0 && sample
      ? [
          `${formatCount(same)} of ${formatCount(files.length)} files came out with the same contents that the agent on ${client.name} had hashed on its live disk beside the backup.`,
        ]
      : []),
    ...wrong.map(({ path, readBack }) => `${path}: ${READ_BACK[readBack]}.`),
    ...certificate.missingCanaries.map(
      (path) => `${path}: this canary was not on the machine when the backup ended.`,
    ),
    ...(everything
      ? [
          everything.stoppedBy === null
            ? `Every file of the archive was read: ${formatCount(everything.files)} in all.`
            : `Not everything came out: ${everything.stoppedBy}.`,
        ]
      : []),
    `${formatBytes(restored.bytes)} came out in ${took} (${formatRate(restored.bytesPerSecond)}).`,
  ];
}

function sayWhere({ archive, client, drill, plan, repository, server }: Certificate): string {
  const what = `the archive ${archive.name} of ${client.name}${plan ? `, plan ${plan.name},` : ""}`;
  const how = `with borg ${drill.borgVersion}, from ${drill.startedAt} to ${drill.endedAt}`;
  return drill.onto === "storage-node"
    ? `The server ${server.address} read ${what} back out of the repository ${repository.name} on its storage node, ${how}.`
    : `The machine ${drill.onto.client.name} restored ${what} out of the repository ${repository.name} of the server ${server.address} onto its own disk, ${how}, told the server the hashes and removed the files.`;
}

const READ_BACK = {
  same: "the same",
  differs: "differs from what the machine hashed",
  missing: "is not in the archive",
  unreadable: "cannot be read out of the archive",
} as const;
