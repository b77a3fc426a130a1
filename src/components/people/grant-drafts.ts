import { tidyGrants } from "~/domain/grants";
import { type Permission, PRESETS } from "~/domain/permission";
import type { NamedGrant } from "./people-api";

export type Scope = "all" | "tag" | "client";

/** A grant while somebody edits it: its scope may be chosen and its client or tag not yet. */
export interface GrantDraft {
  key: number;
  scope: Scope;
  clientId: string | null;
  clientName: string | null;
  tag: string;
  permissions: readonly Permission[];
}

export function draftsOf(grants: readonly NamedGrant[]): GrantDraft[] {
  return grants.map((grant, key) => ({
    key,
    scope: grant.clientId !== null ? "client" : grant.tag !== null ? "tag" : "all",
    clientId: grant.clientId,
    clientName: grant.clientName,
    tag: grant.tag ?? "",
    permissions: grant.permissions,
  }));
}

/** One more, as a viewer: of all clients when there is none yet, else of a client that is still to be chosen. */
export function addDraft(drafts: readonly GrantDraft[]): GrantDraft[] {
  const fresh: GrantDraft = {
    key: Math.max(-1, ...drafts.map(({ key }) => key)) + 1,
    scope: drafts.some(({ scope }) => scope === "all") ? "client" : "all",
    ...{ clientId: null, clientName: null, tag: "", permissions: PRESETS.viewer },
  };
  return [...drafts, fresh];
}

/** Whether its client or tag is still missing. */
export function isUnfinished(draft: GrantDraft): boolean {
  return (draft.scope === "client" && draft.clientId === null) || (draft.scope === "tag" && draft.tag === "");
}

/** What the finished drafts give, tidy, with the names to tell it by. */
export function grantsOf(drafts: readonly GrantDraft[]): NamedGrant[] {
  const finished = drafts.filter((draft) => !isUnfinished(draft));
  const names = new Map(finished.map(({ clientId, clientName }) => [clientId, clientName]));
  const grants = finished.map(({ scope, clientId, tag, permissions }) => ({
    clientId: scope === "client" ? clientId : null,
    tag: scope === "tag" ? tag : null,
    permissions,
  }));
  return tidyGrants(grants).map((grant) => ({ ...grant, clientName: names.get(grant.clientId) ?? null }));
}

/** Without what only people read: as the server takes it. */
export function bareGrants(grants: readonly NamedGrant[]) {
  return grants.map(({ clientId, tag, permissions }) => ({ clientId, tag, permissions: [...permissions] }));
}
