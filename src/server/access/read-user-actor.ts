import { sql } from "drizzle-orm";
import { userId } from "~/domain/id";
import type { Grant, Role, Standing, UserActor } from "~/domain/permission";
import { SETTINGS, type Setting } from "~/domain/settings";
import { users } from "../db/schema/access";

/**
 * What a statement about a sign-in or a token reads of its person, so that one statement decides. Correlated to `users`, which the
 * statement must join; written with names, because drizzle does not qualify columns in a statement of one table.
 */
export const PERSON = {
  userId: users.id,
  role: users.role,
  pendingSince: users.pendingSince,
  hasSecondFactor: sql<boolean>`(
    exists (select from totp_factors f where f.user_id = ${users}.id and f.confirmed_at is not null)
    or exists (select from passkeys p where p.user_id = ${users}.id))`,
  grants: sql<Grant[]>`coalesce((select json_agg(json_build_object(
    'clientId', g.client_id, 'tag', g.tag, 'permissions', g.permissions))
    from grants g where g.user_id = ${users}.id), '[]'::json)`,
  signInSetting: sql<unknown>`(select s.value from settings s where s.name = 'sign-in')`,
};

export interface Person {
  userId: string;
  role: Role;
  pendingSince: Date | null;
  hasSecondFactor: boolean;
  grants: Grant[];
  signInSetting: unknown;
}

/** The settings of signing in as a statement has read them; defaults where there is no row. */
export function signInSettingOf(person: Pick<Person, "signInSetting">): Setting<"sign-in"> {
  return SETTINGS["sign-in"].parse(person.signInSetting ?? {});
}

/** The actor that a sign-in or a token stands for. `secondFactorAt`: when this sign-in has shown a second factor; a token shows none. */
export function userActorOf(
  person: Person,
  given: Pick<UserActor, "via" | "signInId" | "tokenId" | "scopes" | "confirmedAt"> & {
    secondFactorAt: Date | null;
  },
): UserActor {
  const { via, signInId, tokenId, scopes, confirmedAt, secondFactorAt } = given;
  return {
    ...{ kind: "user", userId: userId.parse(person.userId), role: person.role },
    ...{ via, signInId, tokenId, scopes, confirmedAt, grants: person.grants },
    standing: standingOf(person, via === "token" || secondFactorAt !== null),
  };
}

/** A token was made by somebody who had shown everything; but where a second factor is demanded its person must have one. */
function standingOf(person: Person, hasShown: boolean): Standing {
  if (person.pendingSince !== null) return "pending";
  if (person.hasSecondFactor) return hasShown ? "whole" : "second-factor-missing";
  return signInSettingOf(person).requireSecondFactor ? "not-enrolled" : "whole";
}
