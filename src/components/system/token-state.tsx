"use client";

import { CircleCheck, CircleSlash, TimerOff } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import type { Scope } from "~/domain/permission";
import { SCOPE_WORDS, TOKEN_PRESETS } from "~/domain/token-scopes";

interface Dates {
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** Whether a token can still be used. */
export function isLivingToken({ expiresAt, revokedAt }: Dates, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

export function TokenState({ token, now }: { token: Dates; now: Date }) {
  if (token.revokedAt)
    return (
      <Badge>
        <CircleSlash aria-hidden />
        Revoked
      </Badge>
    );
  return isLivingToken(token, now) ? (
    <Badge tone="ok">
      <CircleCheck aria-hidden />
      Works
    </Badge>
  ) : (
    <Badge tone="warn">
      <TimerOff aria-hidden />
      Expired
    </Badge>
  );
}

/** What a token may do, short: a usual set by its name, else the scopes one by one. */
export function sayScopes(scopes: readonly Scope[]): string {
  const same = (set: readonly Scope[]) =>
    set.length === scopes.length && set.every((scope) => scopes.includes(scope));
  if (same(TOKEN_PRESETS.viewer)) return "Look only";
  if (same(TOKEN_PRESETS.everything)) return "Everything but secrets";
  return scopes.map((scope) => SCOPE_WORDS[scope].label).join(", ");
}
