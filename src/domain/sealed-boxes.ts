import type { DatabaseSource, PlanOptions } from "./plan-options";

/**
 * What stands for a sealed password outside of the plan's row and its orders: the console gets plans without their boxes, and a plan
 * that comes back with this means the box that is stored.
 */
export const KEPT_BOX = "";

/** The options without what is sealed in them, for whoever looks at a plan and for the journal. */
export function withoutBoxes(options: PlanOptions): PlanOptions {
  return {
    ...options,
    databases: options.databases.map((source) =>
      source.credentials.kind === "sealed"
        ? { ...source, credentials: { kind: "sealed", box: KEPT_BOX } }
        : source,
    ),
  };
}

/**
 * The options with the stored boxes put back where the sources came without. `lost` names a source whose password has to be typed again:
 * none is stored, or it would go to another server, account or port than the one it was typed for. Else nobody could aim a password that
 * somebody else typed at a server of their own.
 */
export function withBoxes(
  options: PlanOptions,
  stored: readonly DatabaseSource[],
): { options: PlanOptions; lost: null } | { options: null; lost: string } {
  const databases: DatabaseSource[] = [];
  for (const source of options.databases) {
    if (source.credentials.kind !== "sealed" || source.credentials.box !== KEPT_BOX) {
      databases.push(source);
      continue;
    }
    const before = stored.find((one) => one.credentials.kind === "sealed" && isSameServer(one, source));
    if (!before) return { options: null, lost: source.name };
    databases.push({ ...source, credentials: before.credentials });
  }
  return { options: { ...options, databases }, lost: null };
}

/** Whether a password typed for one is a password for the other. */
export function isSameServer(one: DatabaseSource, other: DatabaseSource): boolean {
  return (
    one.name === other.name &&
    one.engine === other.engine &&
    one.host === other.host &&
    one.port === other.port &&
    one.user === other.user
  );
}
