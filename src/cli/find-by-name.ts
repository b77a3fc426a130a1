import { BbsError } from "~/api-client/bbs-error";
import type { BbsClient } from "~/api-client/create-bbs-client";
import { UsageError } from "./usage-error";

interface Page<Row> {
  items: Row[];
  nextCursor: string | null;
}

/** All rows of a list, page by page. `most` ends it early. */
export async function allOf<Row>(
  page: (cursor: string | undefined) => Promise<Page<Row>>,
  most = Number.POSITIVE_INFINITY,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    rows.push(...next.items);
    cursor = next.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < most);
  return rows.slice(0, most);
}

/** The client with this id or name. Refuses with `not-found`. */
export async function findClient(bbs: BbsClient, given: string) {
  const rows = await allOf((cursor) => bbs.clients.list.query({ cursor, limit: 200 }));
  return oneOf(rows, given, "client", (row) => [row.name]);
}

/** The repository with this id, name or `client/name`. */
export async function findRepository(bbs: BbsClient, given: string) {
  const rows = await allOf((cursor) => bbs.repositories.list.query({ cursor, limit: 200 }));
  return oneOf(rows, given, "repository", (row) => [row.name, `${row.clientName}/${row.name}`]);
}

/** The same among those that wait to be deleted for good. */
export async function findRemovedRepository(bbs: BbsClient, given: string) {
  const rows = await allOf((cursor) => bbs.repositories.list.query({ removed: true, cursor, limit: 200 }));
  return oneOf(rows, given, "repository", (row) => [row.name, `${row.clientName}/${row.name}`]);
}

/** The id of the repository that was named, or of the only one that the client has. */
export async function repositoryOf(
  bbs: BbsClient,
  given: string | undefined,
  client: { id: string; name: string },
): Promise<string> {
  const own = await allOf((cursor) =>
    bbs.repositories.list.query({ clientId: client.id, cursor, limit: 200 }),
  );
  if (given !== undefined) {
    const named = own.find((row) => row.name.toLowerCase() === given.toLowerCase());
    return (named ?? (await findRepository(bbs, given))).id;
  }
  const [only, another] = own;
  if (only && !another) return only.id;
  throw new UsageError(
    only
      ? `${client.name} has ${own.length} repositories. Say which: --repository ${own.map((row) => row.name).join(" or ")}.`
      : `${client.name} has no repository. \`bbs repository create <name> --client ${client.name}\` makes one.`,
  );
}

/** The plan with this id, name or `client/name`. */
export async function findPlan(bbs: BbsClient, given: string) {
  const rows = await allOf((cursor) => bbs.plans.list.query({ cursor, limit: 200 }));
  return oneOf(rows, given, "plan", (row) => [row.name, `${row.clientName}/${row.name}`]);
}

/** The archive with this id or name; `trashed`: by name among those in the trash. */
export async function findArchive(bbs: BbsClient, given: string, trashed = false) {
  const rows = await allOf((cursor) =>
    bbs.archives.list.query({ search: given, trashed, cursor, limit: 200 }),
  );
  if (rows.length > 0)
    return oneOf(rows, given, "archive", (row) => [row.name, `${row.clientName}/${row.name}`]);
  return bbs.archives.get.query({ id: given });
}

function oneOf<Row extends { id: string }>(
  rows: readonly Row[],
  given: string,
  what: string,
  namesOf: (row: Row) => string[],
): Row {
  const wanted = given.toLowerCase();
  const byId = rows.find((row) => row.id === given);
  if (byId) return byId;
  const byName = rows.filter((row) => namesOf(row).some((name) => name.toLowerCase() === wanted));
  const [only, another] = byName;
  if (only && another)
    throw new UsageError(
      `${byName.length} of the ${what} names are ${given}. Say which by id or in full: ${byName
        .map((row) => `${row.id} (${namesOf(row).at(-1)})`)
        .join(", ")}.`,
    );
  if (only) return only;
  throw new BbsError("not-found", `There is no ${what} ${given}. \`bbs ${what} list\` shows what there is.`);
}
