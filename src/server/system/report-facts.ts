import type { Ctx } from "../context";
import { storeKind } from "../rate-limits/store-in-use";
import { getSystemStatus } from "./get-system-status";
import { securityContact } from "./security-contact";

/**
 * What helps with a report of a vulnerability: versions and kinds of protection, never a name, an address or a secret. What only admins may
 * see of it is left out for others.
 */
export async function getReportFacts(
  ctx: Ctx,
  given: { admin: boolean },
): Promise<{ contact: string | null; facts: string[] }> {
  const { version, borgVersion, root, tls, protections } = await getSystemStatus(ctx);
  const off = protections.filter(({ on }) => !on).map(({ name }) => name);
  const forAdmins = [
    `node ${process.versions.node} on ${process.platform} ${process.arch}`,
    `borg on the storage server: ${borgVersion ?? "unknown"}`,
    `keeper: ${root === null ? "unknown" : root ? "root, one account per client" : "not root, one account"}`,
    `TLS: ${tls}`,
    `rate limits in: ${storeKind()}`,
    `protections that are off: ${off.join(", ") || "none"}`,
  ];
  return {
    contact: securityContact(),
    facts: [`Borg Backup Server ${version}`, ...(given.admin ? forAdmins : [])],
  };
}
