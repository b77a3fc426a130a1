import { and, eq } from "drizzle-orm";
import { type CertificateDocument, readDocument } from "~/domain/certificate";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { certificates } from "../db/schema/reports";

export interface CertificateDetail {
  /** The file to be handed on, to the byte. */
  file: string;
  document: CertificateDocument;
}

/** A certificate as it was issued. Refuses not-found. One that does not read as it was written is a fault. */
export async function getCertificate(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { id: string },
): Promise<CertificateDetail> {
  const [found] = await ctx.db
    .select({ file: certificates.document })
    .from(certificates)
    .where(and(eq(certificates.id, input.id), eq(certificates.clientId, may.clientId)));
  if (!found) throw certificateMissing();
  const read = readDocument(Buffer.from(found.file, "utf8"));
  if (read.document === null) throw new Error(`certificate ${input.id}: ${read.why}`);
  return { file: found.file, document: read.document };
}

/** Whose machine a certificate is about. Refuses not-found. */
export async function findCertificateOwner(ctx: Ctx, input: { id: string }): Promise<Owner> {
  const [found] = await ctx.db
    .select({ clientId: certificates.clientId })
    .from(certificates)
    .where(eq(certificates.id, input.id));
  if (!found) throw certificateMissing();
  return { ...found, missing: certificateMissing };
}

function certificateMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such certificate." });
}
