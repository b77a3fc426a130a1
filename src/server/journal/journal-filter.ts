import { and, eq, gte, ilike, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { actionsOfGroup, type JournalGroup } from "~/domain/journal-group";
import { journalEntries } from "../db/schema/journal";

/** Which entries are asked for; absent: all. */
export interface JournalFilter {
  group?: JournalGroup | undefined;
  /** A person's id: what they did, and what was done about them. */
  person?: string | undefined;
  clientId?: string | undefined;
  /** Not before this instant. */
  from?: Date | undefined;
  /** Before this instant. */
  to?: Date | undefined;
  /** Words that stand in the sentence or are part of the name of who did it, in any case of letters. */
  search?: string | undefined;
}

/** Whether only the text is asked for: nothing else then narrows down what must be read. */
export function isTextOnly(filter: JournalFilter): boolean {
  const { search, group, person, clientId, from, to } = filter;
  return Boolean(search) && !group && !person && !clientId && !from && !to;
}

/**
 * The entries of a filter as parts that overlap at most: each is found newest first by one index, and together they are all. "By or about
 * a person" is two parts, a group one per action.
 */
export function partsOf(filter: JournalFilter): (SQL | undefined)[] {
  const { person, group, clientId } = filter;
  const people = person
    ? [eq(journalEntries.actorId, person), eq(sql`(${journalEntries.detail} ->> 'userId')`, person)]
    : [undefined];
  // One client has few enough entries: its own index, and the actions are sorted out.
  if (group && clientId) {
    const among = inArray(journalEntries.action, actionsOfGroup(group));
    return people.map((part) => and(part, among, common(filter)));
  }
  const actions = group
    ? actionsOfGroup(group).map((action) => eq(journalEntries.action, action))
    : [undefined];
  return people.flatMap((part) => actions.map((action) => and(part, action, common(filter))));
}

function common({ clientId, from, to, search }: JournalFilter): SQL | undefined {
  const text = search ? `%${search.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%` : null;
  return and(
    clientId ? eq(journalEntries.clientId, clientId) : undefined,
    from ? gte(journalEntries.at, from) : undefined,
    to ? lt(journalEntries.at, to) : undefined,
    text ? or(ilike(journalEntries.say, text), ilike(journalEntries.actorName, text)) : undefined,
  );
}
