import type { JobKind } from "~/domain/job";
import { ACCOUNT_STORIES } from "./account-stories";
import { AGENT_STORIES } from "./agent-stories";
import { ARCHIVE_STORIES } from "./archive-stories";
import { CARE_STORIES } from "./care-stories";
import { IMPORT_STORIES } from "./import-stories";
import { REPOSITORY_STORIES } from "./repository-stories";
import type { Story } from "./story";
import { VAULT_STORIES } from "./vault-stories";

/** Kinds that need a damaged repository: they are killed at each of their steps in tests/programs/keeper-repair.test.ts. */
type Elsewhere = "repair-repository" | "undo-repair";
export type ToldKind = Exclude<JobKind, Elsewhere>;

/** Every other kind of job. One that is added does not compile until its story stands in one of these. */
export const STORIES: Record<ToldKind, Story> = {
  ...AGENT_STORIES,
  ...ACCOUNT_STORIES,
  ...ARCHIVE_STORIES,
  ...CARE_STORIES,
  ...IMPORT_STORIES,
  ...REPOSITORY_STORIES,
  ...VAULT_STORIES,
};
