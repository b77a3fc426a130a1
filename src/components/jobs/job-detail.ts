import type { Api } from "../system/api";

/** A job as its page holds it. */
export type JobDetail = Api["jobs"]["get"];
