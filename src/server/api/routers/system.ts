import { getSystemStatus } from "~/server/system/get-system-status";
import { router, signedIn } from "../trpc";

export const systemRouter = router({
  status: signedIn.meta({ permission: "administer" }).query(({ ctx }) => getSystemStatus(ctx)),
});
