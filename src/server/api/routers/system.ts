import { readAttackLab } from "~/server/system/attack-lab";
import { getSystemStatus } from "~/server/system/get-system-status";
import { router, signedIn } from "../trpc";

export const systemRouter = router({
  status: signedIn.meta({ permission: "administer" }).query(({ ctx }) => getSystemStatus(ctx)),
  attackLab: signedIn.meta({ permission: "administer" }).query(() => readAttackLab()),
});
