import type { RestorePlace } from "~/domain/restore-request";

/** A restore of paths of one archive (base64; none: everything) over what is there, with its owners: what `restores.start` takes. */
export function plainRestore(archiveId: string, paths: string[], target: RestorePlace) {
  return {
    ...{ parts: [{ archiveId, paths }], target, dryRun: false },
    ...{ existing: "overwrite" as const, owners: "keep" as const },
  };
}
