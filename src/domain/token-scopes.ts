import { type Action, mayAdminister, mayAnywhere, SCOPES, type Scope, type UserActor } from "./permission";
import { PERMISSION_WORDS } from "./permission-words";

/** Days after which a new token ends when nobody says otherwise. */
export const TOKEN_DAYS = 90;

/** How much of a token may be shown: enough to know it again, 24 of its 256 bits. */
export const SHOWN_CHARACTERS = 8;

/** What a token is limited to, as people read it. */
export const SCOPE_WORDS: Record<Scope, { label: string; hint: string }> = {
  ...PERMISSION_WORDS,
  "manage-clients": {
    label: "Change clients",
    hint: "Add, rename and remove machines, settle incidents. Admins only.",
  },
  administer: {
    label: "Administer",
    hint: "People, settings, journal and everybody's tokens. Admins only.",
  },
};

const ALL_BUT_REVEALING = SCOPES.filter((scope) => scope !== "reveal-secrets");

/** Usual sets of scopes. `everything` leaves out what only few scripts should read: passphrases. */
export const TOKEN_PRESETS = {
  viewer: ["view"],
  operator: ["view", "backup", "restore"],
  everything: ALL_BUT_REVEALING,
} as const satisfies Record<string, readonly Scope[]>;
export type TokenPreset = keyof typeof TOKEN_PRESETS;

/** The same scopes in one form: in the order of {@link SCOPES}, each once, with `view` wherever anything is done to a client. */
export function tidyScopes(given: readonly Scope[]): Scope[] {
  const all = new Set(given);
  if (given.some((scope) => scope !== "administer")) all.add("view");
  return SCOPES.filter((scope) => all.has(scope));
}

/** Whether this person may put a scope into a token: only what is theirs somewhere; by token, only what that token has. */
export function mayGiveScope(actor: UserActor, scope: Scope): boolean {
  return scope === "administer" ? mayAdminister(actor) : mayAnywhere(actor, scope satisfies Action);
}
