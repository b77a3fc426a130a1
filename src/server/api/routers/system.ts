import { z } from "zod";
import { repositoryId } from "~/domain/id";
import { readAttackLab } from "~/server/system/attack-lab";
import { getSystemStatus } from "~/server/system/get-system-status";
import { readRoomOf } from "~/server/system/read-rooms";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });

export const systemRouter = router({
  status: administer.query(({ ctx }) => getSystemStatus(ctx)),
  attackLab: administer.query(() => readAttackLab()),
  /** How much room is left where a repository lies, and for how long. */
  room: administer.input(z.object({ repositoryId })).query(({ ctx, input }) => readRoomOf(ctx, input)),
});
