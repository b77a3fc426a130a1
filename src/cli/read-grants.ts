import type { BbsClient } from "~/api-client/create-bbs-client";
import { tidyGrants } from "~/domain/grants";
import { GRANTABLE, type Grant, type Permission, PRESETS } from "~/domain/permission";
import { findClient } from "./find-by-name";
import { UsageError } from "./usage-error";

/** Grants as they are typed: `all=viewer`, `tag:web=backup,restore`, `db-01=owner`. Names of clients are looked up on the server. */
export async function readGrants(
  bbs: BbsClient,
  given: readonly string[],
): Promise<(Omit<Grant, "permissions"> & { permissions: Permission[]; clientName: string | null })[]> {
  const named = new Map<string, string>();
  const grants: Grant[] = [];
  for (const text of given) {
    const at = text.lastIndexOf("=");
    if (at < 1) throw new UsageError(`${text} is no grant. Write WHERE=WHAT, for example tag:web=operator.`);
    const [where, permissions] = [text.slice(0, at), readPermissions(text.slice(at + 1))];
    if (where === "all") grants.push({ clientId: null, tag: null, permissions });
    else if (where.startsWith("tag:")) {
      grants.push({ clientId: null, tag: where.slice(4).toLowerCase(), permissions });
    } else {
      const { id, name } = await findClient(bbs, where);
      named.set(id, name);
      grants.push({ clientId: id, tag: null, permissions });
    }
  }
  return tidyGrants(grants).map((grant) => ({
    ...grant,
    permissions: [...grant.permissions],
    clientName: grant.clientId === null ? null : (named.get(grant.clientId) ?? null),
  }));
}

function readPermissions(text: string): Permission[] {
  const preset = Object.entries(PRESETS).find(([name]) => name === text);
  if (preset) return [...preset[1]];
  return text.split(",").map((word) => {
    const permission = GRANTABLE.find((one) => one === word.trim());
    if (!permission)
      throw new UsageError(
        `${word.trim() || "Nothing"} is no permission. There are ${GRANTABLE.join(", ")}, and the presets ${Object.keys(PRESETS).join(", ")}.`,
      );
    return permission;
  });
}
