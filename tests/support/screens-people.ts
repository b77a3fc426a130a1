import { clientId } from "~/domain/id";
import { GRANTABLE, type Grant, PRESETS, type Role } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { invitePerson } from "~/server/access/invite-person";
import { setTags } from "~/server/clients/set-tags";
import type { Ctx } from "~/server/context";
import { newId } from "~/server/db/new-id";
import { grants, signIns, users } from "~/server/db/schema/access";

/** People of the screenshots. */
export interface SeededPeople {
  /** A user with grants of every kind and two devices. */
  userId: string;
  adminId: string;
  pendingId: string;
  /** Of an invitation that still works. */
  joinToken: string;
}

const DEVICES = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
] as const;

/** Tags for the clients; users, another admin, somebody who waits, somebody shut out, two invitations. */
export async function seedPeople(ctx: Ctx, clientIds: Record<string, string>): Promise<SeededPeople> {
  const id = (name: string) => clientId.parse(clientIds[name]);
  const tagged = { "web-01": ["web", "berlin"], "db-01": ["databases", "berlin"], mail: ["berlin"] };
  for (const [name, tags] of Object.entries(tagged))
    await setTags(ctx, await authorize(ctx, "manage-clients", id(name)), { tags });
  const userId = await seedPerson(ctx, "Bob Carpenter", {
    grants: [
      { clientId: null, tag: null, permissions: PRESETS.viewer },
      { clientId: null, tag: "berlin", permissions: PRESETS.operator },
      { clientId: id("laptop-ada"), tag: null, permissions: PRESETS.owner },
      { clientId: id("db-01"), tag: null, permissions: GRANTABLE.slice(0, 5) },
    ],
  });
  const adminId = await seedPerson(ctx, "Grace Hopper", { role: "admin" });
  await seedPerson(ctx, "Somebody With A Name That Is Much Longer Than Any Column Of Any Table");
  await seedPerson(ctx, "Dennis Former", { disabled: true });
  const pendingId = await seedPerson(ctx, "Carla Newcomer", { pending: true });
  const confirmed: Ctx =
    ctx.actor.kind === "user" ? { ...ctx, actor: { ...ctx.actor, confirmedAt: ctx.now } } : ctx;
  await invitePerson(confirmed, {
    ...{ name: "Erin Auditor", email: "erin@audits.example.org", role: "admin", grants: [] },
  });
  const { url } = await invitePerson(confirmed, {
    ...{ name: "Frank Helper", email: "frank@example.org", role: "user" },
    grants: [{ clientId: null, tag: "web", permissions: PRESETS.operator }],
  });
  return { userId, adminId, pendingId, joinToken: new URL(url).searchParams.get("token") ?? "" };
}

async function seedPerson(
  ctx: Ctx,
  name: string,
  given: { role?: Role; grants?: readonly Grant[]; pending?: boolean; disabled?: boolean } = {},
): Promise<string> {
  const userId = newId();
  const createdAt = new Date(ctx.now.getTime() - 40 * 86_400_000);
  await ctx.db.insert(users).values({
    ...{ id: userId, name, role: given.role ?? "user", createdAt, passwordHash: "none" },
    email: `${name.toLowerCase().replaceAll(" ", ".")}@example.org`,
    pendingSince: given.pending ? createdAt : null,
    disabledAt: given.disabled ? createdAt : null,
  });
  for (const { permissions, ...scope } of given.grants ?? []) {
    await ctx.db.insert(grants).values({
      ...{ id: newId(), userId, ...scope, permissions: [...permissions], createdAt },
    });
  }
  for (const [index, device] of DEVICES.entries()) {
    await ctx.db.insert(signIns).values({
      ...{ id: newId(), userId, device, address: index === 0 ? "192.0.2.44" : "2001:db8:7::41" },
      createdAt: new Date(ctx.now.getTime() - 26 * 3_600_000),
      lastSeenAt: new Date(ctx.now.getTime() - (index * 90 + 2) * 60_000),
      expiresAt: new Date(ctx.now.getTime() + 5 * 86_400_000),
    });
  }
  return userId;
}
