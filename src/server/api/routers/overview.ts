import { getOverview } from "~/server/system/get-overview";
import { router, signedIn } from "../trpc";

export const overviewRouter = router({
  get: signedIn.meta({ permission: "view" }).query(({ ctx }) => getOverview(ctx)),
});
