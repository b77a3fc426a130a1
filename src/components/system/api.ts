import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "~/server/api/root";

/** What each procedure answers: `Api["clients"]["get"]`. */
export type Api = inferRouterOutputs<AppRouter>;

export type ClientRow = Api["clients"]["list"]["items"][number];
export type ClientDetail = Api["clients"]["get"];
export type RepositoryRow = Api["repositories"]["list"]["items"][number];
export type PlanRow = Api["plans"]["list"]["items"][number];
export type JobRow = Api["jobs"]["list"]["items"][number];
export type ArchiveRow = Api["archives"]["list"]["items"][number];
export type Overview = Api["overview"]["get"];
