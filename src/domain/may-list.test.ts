import fc from "fast-check";
import { expect, it } from "vitest";
import { userId } from "./id";
import { listsAction, mayListOf, tagsOf } from "./may-list";
import { ACTIONS, type Action, GRANTABLE, mayDo, ROLES, SCOPES, type UserActor } from "./permission";

const CLIENTS = [
  { id: "web", tags: ["front"] },
  { id: "db", tags: ["back", "precious"] },
  { id: "old", tags: [] },
];

const grant = fc.record({
  of: fc.constantFrom(
    { clientId: null, tag: null },
    { clientId: "web", tag: null },
    { clientId: "old", tag: null },
    { clientId: null, tag: "back" },
    { clientId: null, tag: "nowhere" },
  ),
  permissions: fc.subarray([...GRANTABLE]),
});

const person = fc
  .record({
    role: fc.constantFrom(...ROLES),
    grants: fc.array(grant, { maxLength: 3 }),
    scopes: fc.option(fc.subarray([...SCOPES])),
    standing: fc.constantFrom("whole" as const, "pending" as const),
  })
  .map(
    ({ grants, ...rest }): UserActor => ({
      ...{
        kind: "user",
        userId: userId.parse("0000000000000000"),
        via: "session",
        signInId: null,
        tokenId: null,
      },
      ...{ confirmedAt: null, grants: grants.map(({ of, permissions }) => ({ ...of, permissions })) },
      ...rest,
    }),
  );

it("says of every client what the rule says, whatever was given", () => {
  fc.assert(
    fc.property(
      person,
      fc.constantFrom(...CLIENTS),
      fc.constantFrom<Action>(...ACTIONS),
      (actor, client, action) => {
        const byTag = new Map(
          tagsOf(actor).map((tag) => [
            tag,
            CLIENTS.filter(({ tags }) => tags.includes(tag)).map(({ id }) => id),
          ]),
        );
        const list = mayListOf(actor, byTag);
        expect(listsAction(list, action, client.id)).toBe(mayDo(actor, action, client));
        expect(listsAction(list, action) || !listsAction(list, action, client.id)).toBe(true);
      },
    ),
  );
});
