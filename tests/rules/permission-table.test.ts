import { expect, it } from "vitest";
import { allProcedures, CALLERS, expectedOf, type Procedure, rowOf } from "~tests/support/permission-matrix";
import { procedureInputs } from "~tests/support/procedure-inputs";
import type { SmallFleet } from "~tests/support/small-fleet";

const FRAME = (rows: string) => `# Who may call what

Every procedure of the typed API, and what each kind of caller is answered. Written by \`npm run docs:permissions\`; do not edit it by hand.
\`tests/rooms/access/matrix.test.ts\` calls every procedure as every caller of this table, with an input that fits, and finds exactly these answers.

- **yes**: let through. What then comes is about the input.
- **no**: refused; 401 when nobody is signed in or the second factor has not been shown, else 403.
- **none**: answered in the same bytes as an id that never was.

*Needs* is the permission that the procedure declares. For a thing of one client it is asked about that client; \`cancel\` and \`retry\` of a job
need what starting such a job does (here: a backup). *Own* is what every person has for their own account, by sign-in or also by token.

The callers: **out** signed out; **disabled** with a token of an admin who is disabled; **2nd factor**, **not set up** admins whose sign-in is not
whole yet; **pending** somebody whom no admin has let in; **nobody's** signed in, without permissions; then people with one permission alone for
one client; **operator** by a tag; **owner** of the client; **other's owner** of another client; **admin** by sign-in; **token without**,
**token with** an admin's API token that lacks the scope, or has nothing but that.

${rows}
`;

const WORDS: Record<string, string> = {
  "finish-sign-in": "own, in a sign-in that is not whole yet",
  "own-session": "own, by sign-in",
  "own-account": "own, by sign-in or token",
  public: "nothing",
};

it("keeps docs/permissions.md as the router has it", async () => {
  const rows = procedureInputs(fleetOfNobody());
  const head = ["Procedure", "Needs", ...CALLERS.map(({ short }) => short)];
  const lines = allProcedures().map((procedure) => line(procedure, rowOf(rows, procedure.path)));
  const table = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`);
  await expect(FRAME(table.join("\n"))).toMatchFileSnapshot("../../docs/permissions.md");
});

function line(procedure: Procedure, row: ReturnType<typeof rowOf>): string[] {
  const { path, declared } = procedure;
  const needs = (row && "needs" in row && row.needs) || declared;
  const cells = CALLERS.map((caller) => {
    const [first] = row ? expectedOf(caller, procedure, row) : [];
    if (first === "allowed") return "yes";
    return first === "missing" ? "none" : "no";
  });
  return [path, WORDS[needs] ?? needs, ...cells];
}

/** The table tells of kinds of things, not of things. */
function fleetOfNobody(): Parameters<typeof procedureInputs>[0] {
  const id = "aaaaaaaaaaaaaaaa";
  const machine = {
    ...{ clientId: id, name: "web-01", repositoryId: id, planId: id, archiveId: id, trashedArchiveId: id },
    ...{
      incidentId: id,
      failedJobId: id,
      cutRestoreId: id,
      queuedJobId: id,
      lookJobId: id,
      certificateId: id,
    },
  };
  const bystander: SmallFleet["bystander"] = {
    userId: id,
    email: "a@example.test",
    signInId: id,
    tokenId: id,
    passkeyId: id,
  };
  return { web: machine, bystander, invitationId: id };
}
