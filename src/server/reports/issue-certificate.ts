import { type Certificate, canonicalForm, writeDocument } from "~/domain/certificate";
import type { Ctx } from "../context";
import { certificates } from "../db/schema/reports";
import { openSigner } from "./signing-key";

/**
 * Signs what a drill came to and keeps it, in the caller's transaction. One for each drill: a second one of the same job is not kept. Returns
 * the id of the one that is kept, or null for a second one.
 */
export async function issueCertificate(
  ctx: Ctx,
  certificate: Certificate,
  about: { archiveId: string },
): Promise<string | null> {
  const signer = await openSigner(ctx);
  const signed = {
    certificate,
    signature: {
      algorithm: "Ed25519" as const,
      publicKey: signer.publicKey,
      value: signer.sign(canonicalForm(certificate)),
    },
  };
  const { id, drill, client, plan, repository, archive, restored, outcome, say, files } = certificate;
  const [kept] = await ctx.db
    .insert(certificates)
    .values({
      ...{ id, outcome, say, jobId: drill.jobId, scope: drill.scope },
      ...{ clientId: client.id, planId: plan?.id ?? null, repositoryId: repository.id },
      ...{ archiveId: about.archiveId, archiveName: archive.name },
      ontoClientId: drill.onto === "storage-node" ? null : drill.onto.client.id,
      ...{ endedAt: new Date(drill.endedAt), milliseconds: drill.milliseconds },
      comparedFiles: files.filter(({ restoredHash }) => restoredHash !== null).length,
      ...{ restoredFiles: restored.files, restoredBytes: restored.bytes },
      document: writeDocument(signed),
    })
    .onConflictDoNothing({ target: certificates.jobId })
    .returning({ id: certificates.id });
  return kept?.id ?? null;
}
