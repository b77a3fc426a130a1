import { ACTIONS, type Action, mayAdminister, mayAnywhere, type UserActor } from "./permission";

/** What somebody may do, as the console needs it to leave out what would be refused. The server decides again on every request. */
export interface MayList {
  /** May do what is about no single client: people, settings, journal. */
  administer: boolean;
  /** One entry for each gift. `clientIds` null: with every client, also those to come. */
  gifts: { clientIds: string[] | null; actions: Action[] }[];
}

/** Of which tags the clients must be known to draw up a list. */
export function tagsOf(actor: UserActor): string[] {
  return [...new Set(actor.grants.flatMap(({ tag }) => tag ?? []))];
}

/** The list of what this person may do. `clientsByTag` holds the clients of {@link tagsOf}. */
export function mayListOf(actor: UserActor, clientsByTag: ReadonlyMap<string, string[]>): MayList {
  const able = ACTIONS.filter((action) => mayAnywhere(actor, action));
  if (actor.role === "admin")
    return { administer: mayAdminister(actor), gifts: [{ clientIds: null, actions: able }] };
  const gifts = actor.grants.flatMap(({ clientId, tag, permissions }) => {
    const actions = able.filter(
      (action) => permissions.length > 0 && (action === "view" || isAmong(permissions, action)),
    );
    const tagged = tag === null ? null : (clientsByTag.get(tag) ?? []);
    return actions.length > 0 ? [{ clientIds: clientId === null ? tagged : [clientId], actions }] : [];
  });
  return { administer: false, gifts };
}

/** Whether the list has `action`, with this client where one is named, else with any or with those to come. */
export function listsAction(list: MayList, action: Action, clientId?: string): boolean {
  return list.gifts.some(
    ({ clientIds, actions }) =>
      actions.includes(action) &&
      (clientIds === null || (clientId === undefined ? clientIds.length > 0 : clientIds.includes(clientId))),
  );
}

const isAmong = (permissions: readonly Action[], action: Action) => permissions.includes(action);
