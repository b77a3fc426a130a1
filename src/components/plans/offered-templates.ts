import { offeredTemplates as offered } from "~/domain/offered-templates";
import type { Api } from "../system/api";

export type OfferedTemplate = ReturnType<typeof offeredTemplates>[number];

/** The templates on offer, with their times on the wall clock of this browser. */
export function offeredTemplates(rows: Api["planProfiles"]["list"]) {
  return offered(rows, Intl.DateTimeFormat().resolvedOptions().timeZone);
}
