import { userId } from "~/domain/id";
import type { UserActor } from "~/domain/permission";
import { newId } from "~/server/db/new-id";

/** Somebody signed in, all steps done, with nothing granted unless it is given. No row stands behind it. */
export function personActor(given: Partial<UserActor> = {}): UserActor {
  return {
    ...{ kind: "user", userId: userId.parse(newId()), role: "user", via: "session", signInId: newId() },
    ...{ tokenId: null, standing: "whole", grants: [], scopes: null, confirmedAt: null },
    ...given,
  };
}
