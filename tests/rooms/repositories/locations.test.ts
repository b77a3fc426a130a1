import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { repositories } from "~/server/db/schema/repositories";
import { makeRepository } from "~/server/maintenance/make-repository";
import { createRepository } from "~/server/repositories/create-repository";
import { listLocations } from "~/server/repositories/list-locations";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld } from "~tests/support/agent-world";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

it("offers what the node reports, refuses the rest, and asks the keeper for it by name", async () => {
  const world = await agentWorld();
  const may = await authorize(world.admin(), "manage-repositories", world.client.id);
  const create = (name: string, location: string) =>
    createRepository(world.admin(), may, {
      name,
      location,
      quotaBytes: null,
      encryption: "authenticated-blake2",
    });
  expect(await listLocations(world.admin(), may)).toEqual([{ name: "main", problem: null }]);
  await expect(create("a", "nas")).rejects.toMatchObject({ code: "invalid-input" });
  const room = { freeBytes: 5, totalBytes: 9 };
  await world.database.pool.sql`
    update system_node_status set status = jsonb_set(status, '{locations}', ${JSON.stringify([
      { name: "main", problem: null, ...room },
      { name: "nas", problem: null, ...room },
      { name: "usb", problem: "its disk is not mounted.", ...room },
    ])}::text::jsonb)`;
  expect((await listLocations(world.admin(), may)).map(({ name }) => name)).toEqual(["main", "nas", "usb"]);
  await expect(create("a", "usb")).rejects.toMatchObject({
    say: "The storage location usb cannot be used: its disk is not mounted.",
  });
  await expect(create("a", "/srv")).rejects.toMatchObject({ code: "invalid-input" });
  const { id } = await create("a", "nas");
  const [row] = await world.admin().db.select().from(repositories).where(eq(repositories.id, id));
  expect(row).toMatchObject({ location: "nas", encryption: "authenticated-blake2" });
  const scripted = await new ScriptedKeeper().start();
  scripted.script["create-repository"] = () => ({ output: { borgId: "a".repeat(64) } });
  await makeRepository(world.database.workerCtx(new Date()), boundKeeper(scripted.call, {}), {
    ...{ clientId: world.client.id, repositoryId: id },
  });
  expect(scripted.calls[0]?.input).toMatchObject({ location: "nas", encryption: "authenticated-blake2" });
});
