import { archivesRouter } from "./routers/archives";
import { jobsRouter } from "./routers/jobs";
import { liveRouter } from "./routers/live";
import { overviewRouter } from "./routers/overview";
import { restoresRouter } from "./routers/restores";
import { createCallerFactory, router } from "./trpc";

/** Everything a person or a script may ask for. Edit when a router is added. */
export const appRouter = router({
  archives: archivesRouter,
  jobs: jobsRouter,
  live: liveRouter,
  overview: overviewRouter,
  restores: restoresRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
