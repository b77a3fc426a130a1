import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { sayCertificate } from "~/domain/certificate-words";
import { DRILL_SCOPES, type DrillScope } from "~/domain/drill";
import { NotVerified } from "../exit-code";
import { allOf, findArchive, findClient, findPlan } from "../find-by-name";
import { followIf, type Watched } from "../follow-job";
import { oneLine, showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";
import { verifyCertificate } from "../verify-certificate";

/** `certificate list`, `show`, `key`, `verify`, and `drill plan`, `drill archive`. */
export function addCertificateCommands(program: Command, session: Session): void {
  const certificate = program.command("certificate").description("Proofs that restoring works.");
  addVerify(certificate, session);

  certificate
    .command("list")
    .description("Restore drills that were made, the newest first.")
    .option("--client <client>", "of this client only")
    .option("--plan <plan>", "of this plan only")
    .action(async (options: { client?: string; plan?: string }) => {
      const bbs = await session.bbs();
      const filter = {
        clientId: options.client ? (await findClient(bbs, options.client)).id : undefined,
        planId: options.plan ? (await findPlan(bbs, options.plan)).id : undefined,
      };
      const rows = await allOf((cursor) => bbs.reports.certificates.query({ ...filter, cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["outcome", (row) => row.outcome],
          ["client", (row) => row.clientName],
          ["plan", (row) => row.planName],
          ["archive", (row) => row.archiveName],
          ["ended", (row) => showInstant(row.endedAt)],
          ["compared", (row) => row.comparedFiles],
          ["read", (row) => showBytes(row.restoredBytes)],
          ["onto", (row) => row.ontoClientName ?? "storage node"],
          ["id", (row) => row.id],
        ],
        "No drills yet. `bbs drill plan <plan>` makes one.",
      );
    });

  certificate
    .command("show <id>")
    .description("The certificate itself, to be kept as a file: bbs certificate show ID > drill.json")
    .action(async (id: string) => {
      const { file } = await (await session.bbs()).reports.certificate.query({ id });
      session.out().print(JSON.parse(file), file);
    });

  certificate
    .command("key")
    .description("The public half of the key that signs certificates here, for verify --key.")
    .action(async () => {
      const key = await (await session.bbs()).reports.key.query();
      session.out().print(key, key.publicKey);
    });

  addDrills(program, session);
}

function addVerify(certificate: Command, session: Session): void {
  certificate
    .command("verify <file>")
    .description("Checks a certificate without any server, and says what it proves. `-`: standard input.")
    .option("--key <key>", "the server's public key (Reports page, or bbs certificate key)")
    .action(async (path: string, options: { key?: string }) => {
      const file = await readFile(path === "-" ? "/dev/stdin" : path).catch(() => {
        throw new UsageError(`${path} cannot be read.`);
      });
      const verified = verifyCertificate(file, options.key?.trim() ?? null);
      if (verified.document === null)
        throw new NotVerified("certificate-wrong", `Not verified. ${verified.why}`);
      const { certificate: proven, signature } = verified.document;
      const signed = options.key
        ? "Verified: signed with the given key, and nothing in it was changed."
        : `Verified: nothing in it was changed since it was signed with the key ${signature.publicKey}. Whether that is your server's key was not checked: give it with --key.`;
      const says = sayCertificate(proven).map(oneLine);
      session.out().print(
        {
          verified: true,
          keyGiven: options.key !== undefined,
          publicKey: signature.publicKey,
          certificate: proven,
        },
        [signed, ...says].join("\n"),
      );
      if (proven.outcome === "failed")
        throw new NotVerified("drill-failed", "The certificate is genuine, and says that the drill failed.");
    });
}

function addDrills(program: Command, session: Session): void {
  const drill = program.command("drill").description("Restores that prove that restoring works.");
  drill
    .command("plan <plan>")
    .description("Now, of the newest archive in each repository of the plan, as its policy says.")
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id, name } = await findPlan(bbs, given);
      const { jobIds } = await bbs.reports.drillPlan.mutate({ planId: id });
      session.out().print({ jobIds }, `Drilling ${name} (${jobIds.map((one) => `job ${one}`).join(", ")}).`);
    });
  drill
    .command("archive <archive>")
    .description("Now, of one archive.")
    .option("--scope <scope>", `${DRILL_SCOPES.join(", ")}`, "random")
    .option("--client <client>", "brought back on this other client, hashed there and removed again")
    .option("--watch", "wait for what it came to")
    .action(async (given: string, options: { scope: string; client?: string } & Watched) => {
      if (!isScope(options.scope)) throw new UsageError(`The scope is one of ${DRILL_SCOPES.join(", ")}.`);
      const bbs = await session.bbs();
      const { id, name } = await findArchive(bbs, given);
      const onto = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const { jobId } = await bbs.reports.drill.mutate({ archiveId: id, scope: options.scope, onto });
      await followIf(session, jobId, options, `Drilling ${name} (job ${jobId}).`);
    });
}

function isScope(text: string): text is DrillScope {
  return (DRILL_SCOPES as readonly string[]).includes(text);
}
