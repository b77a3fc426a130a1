import { presetOf } from "./grants";
import { GRANTABLE, type Grant, type Permission } from "./permission";

/** Each permission as people read it: its name, and what it lets one do. `verb` stands in a sentence behind "may". */
export const PERMISSION_WORDS: Record<Permission, { label: string; verb: string; hint: string }> = {
  view: { label: "View", verb: "look at", hint: "State, plans, jobs and the names in its archives." },
  backup: { label: "Back up", verb: "back up", hint: "Start and cancel backups." },
  restore: {
    label: "Restore",
    verb: "restore",
    hint: "Bring files back to the machine or download them: whoever may, can read them.",
  },
  "browse-live-disk": {
    label: "Browse the live disk",
    verb: "browse the live disk of",
    hint: "See which files are on the machine right now.",
  },
  "manage-plans": {
    label: "Change plans",
    verb: "change the plans of",
    hint: "What is backed up, when, and how long it is kept.",
  },
  "manage-repositories": {
    label: "Change repositories",
    verb: "change the repositories of",
    hint: "Make, rename and limit them.",
  },
  maintenance: { label: "Maintenance", verb: "maintain", hint: "Check and compact repositories." },
  "delete-archives": {
    label: "Delete archives",
    verb: "delete archives of",
    hint: "Move archives to the trash, after which they are gone for good.",
  },
  "reveal-secrets": {
    label: "Reveal secrets",
    verb: "read the passphrases of",
    hint: "Read passphrases and keys: with them the archives can be opened anywhere.",
  },
};

/**
 * What grants mean, one sentence each: "May look at, back up and restore every client." `nameOf` gives a client's name. Empty: no grants,
 * which means no client at all.
 */
export function sayGrants(grants: readonly Grant[], nameOf: (clientId: string) => string): string[] {
  return grants.map((grant) => `May ${sayPermissions(grant.permissions)} ${sayScope(grant, nameOf)}.`);
}

/** The same in a table's cell: "all clients: operator". */
export function sayGrantShortly(grant: Grant, nameOf: (clientId: string) => string): string {
  const count = grant.permissions.length;
  const what = presetOf(grant.permissions) ?? `${count} ${count === 1 ? "permission" : "permissions"}`;
  const where =
    grant.clientId !== null
      ? nameOf(grant.clientId)
      : grant.tag !== null
        ? `tag ${grant.tag}`
        : "all clients";
  return `${where}: ${what}`;
}

function sayPermissions(permissions: readonly Permission[]): string {
  if (GRANTABLE.every((one) => permissions.includes(one)))
    return "do everything that can be granted, also delete archives and read passphrases, with";
  const verbs = permissions.map((one) => PERMISSION_WORDS[one].verb);
  const last = verbs.at(-1) ?? "do nothing with";
  return verbs.length < 2 ? last : `${verbs.slice(0, -1).join(", ")} and ${last}`;
}

function sayScope(grant: Grant, nameOf: (clientId: string) => string): string {
  if (grant.clientId !== null) return nameOf(grant.clientId);
  if (grant.tag !== null) return `every client tagged ${grant.tag}, also those tagged later`;
  return "every client, also those added later";
}
