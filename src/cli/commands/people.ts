import type { Command } from "commander";
import { BbsError } from "~/api-client/bbs-error";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { sayGrantShortly, sayGrants } from "~/domain/permission-words";
import { allOf } from "../find-by-name";
import { showInstant } from "../output";
import { readGrants } from "../read-grants";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

const GRANT_HELP = `
A grant is WHERE=WHAT. WHERE is all, tag:TAG or a client (id or name). WHAT is viewer, operator, owner, or permissions with commas
between: view, backup, restore, browse-live-disk, manage-plans, manage-repositories, maintenance, delete-archives, reveal-secrets.

  bbs people grant bob@example.org all=viewer tag:web=backup,restore db-01=owner`;

/** `bbs people`: for admins with a token of the scope `administer`. */
export function addPeopleCommands(program: Command, session: Session): void {
  const people = program.command("people").description("People and what they may do. For admins.");

  people
    .command("list")
    .description("Everybody with an account.")
    .action(async () => {
      const bbs = await session.bbs();
      const rows = await allOf((cursor) => bbs.people.list.query({ cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["name", (row) => row.name],
          ["e-mail", (row) => row.email],
          ["role", (row) => row.role],
          ["state", (row) => row.state],
          ["second factor", (row) => (row.hasSecondFactor ? "yes" : "no")],
          [
            "may",
            (row) =>
              row.role === "admin"
                ? "everything"
                : row.grants
                    .map((one) => sayGrantShortly(one, () => one.clientName ?? "a client"))
                    .join("; "),
          ],
          ["last seen", (row) => showInstant(row.lastSeenAt)],
          ["id", (row) => row.id],
        ],
        "Nobody.",
      );
    });

  people
    .command("invite <e-mail> [grants...]")
    .description("Make the link with which somebody makes their account; it is shown once.")
    .requiredOption("--name <name>", "whom you invite")
    .option("--admin", "as an admin, who may do everything")
    .addHelpText("after", GRANT_HELP)
    .action(async (email: string, given: string[], options: { name: string; admin?: boolean }) => {
      if (options.admin && given.length > 0) throw new UsageError("An admin needs no grants.");
      const bbs = await session.bbs();
      const grants = (await readGrants(bbs, given)).map(({ clientName: _, ...grant }) => grant);
      const { name } = options;
      const role = options.admin ? "admin" : "user";
      const made = await bbs.people.invite.mutate({ email, name, role, grants });
      session.out().print(made, made.url);
      session.note(
        `${made.mailed ? "It is also on its way by mail. " : ""}The link works once, until ${showInstant(made.expiresAt)}. Whoever opens it gets the account.`,
      );
    });

  people
    .command("grant <person> [grants...]")
    .description("Replace all that a person (id or e-mail) may do.")
    .option("--nothing", "take everything away")
    .addHelpText("after", GRANT_HELP)
    .action(async (person: string, given: string[], options: { nothing?: boolean }) => {
      if ((given.length === 0) !== (options.nothing === true))
        throw new UsageError("Name the grants, or --nothing to take everything away.");
      const bbs = await session.bbs();
      const { id, name } = await findPerson(bbs, person);
      const named = await readGrants(bbs, given);
      const grants = named.map(({ clientName: _, ...grant }) => grant);
      await bbs.people.setGrants.mutate({ userId: id, grants });
      const nameOf = (clientId: string) => named.find((one) => one.clientId === clientId)?.clientName ?? "";
      const words = sayGrants(grants, nameOf).join("\n");
      session.out().print({ id, grants }, `${name}:\n${words || "May do nothing."}`);
    });

  people
    .command("disable <person>")
    .description("Shut a person (id or e-mail) out at once: sign-ins end, API tokens are revoked.")
    .action(async (person: string) => {
      const bbs = await session.bbs();
      const { id, name } = await findPerson(bbs, person);
      await bbs.people.disable.mutate({ userId: id });
      session.out().print({ id }, `Disabled ${name}.`);
    });
}

async function findPerson(bbs: BbsClient, given: string) {
  const rows = await allOf((cursor) => bbs.people.list.query({ cursor, limit: 200 }));
  const found = rows.find((row) => row.id === given || row.email.toLowerCase() === given.toLowerCase());
  if (!found)
    throw new BbsError("not-found", `Nobody has the address ${given}. \`bbs people list\` shows everybody.`);
  return found;
}
