import type { JobKind } from "~/domain/job";
import { ACCOUNT_STORIES } from "./account-stories";
import { AGENT_STORIES } from "./agent-stories";
import { ARCHIVE_STORIES } from "./archive-stories";
import { CARE_STORIES } from "./care-stories";
import { IMPORT_STORIES } from "./import-stories";
import { REPOSITORY_STORIES } from "./repository-stories";
import type { Story } from "./story";
import { VAULT_STORIES } from "./vault-stories";

/** Every kind of job there is. A kind that is added does not compile until its story stands in one of these. */
export const STORIES: Record<JobKind, Story> = {
  ...AGENT_STORIES,
  ...ACCOUNT_STORIES,
  ...ARCHIVE_STORIES,
  ...CARE_STORIES,
  ...IMPORT_STORIES,
  ...REPOSITORY_STORIES,
  ...VAULT_STORIES,
};
