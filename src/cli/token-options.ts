import type { Command } from "commander";
import { SCOPES, type Scope } from "~/domain/permission";
import { TOKEN_DAYS, TOKEN_PRESETS, tidyScopes } from "~/domain/token-scopes";
import { showInstant } from "./output";
import { UsageError } from "./usage-error";

export interface TokenOptions {
  scope?: string[];
  expires?: string;
}

/** What a new token may do and for how long: the same for `bbs` and `bbs-admin`. */
export function addTokenOptions(command: Command, preset: string): Command {
  return command
    .option(
      "--scope <scopes...>",
      `what it may do: ${Object.keys(TOKEN_PRESETS).join(", ")} (all but reading secrets), or some of ${SCOPES.join(", ")}; without this ${preset}`,
    )
    .option("--expires <days>", `days after which it ends, or \`never\`; without this ${TOKEN_DAYS}`);
}

/** Refuses words that are no scope and days that are no number. */
export function readTokenOptions(
  options: TokenOptions,
  preset: keyof typeof TOKEN_PRESETS,
): { scopes: Scope[]; expiresInDays: number | null } {
  const words = (options.scope ?? [preset]).flatMap((word) => word.split(",")).filter((word) => word !== "");
  return { scopes: tidyScopes(words.flatMap(scopesOf)), expiresInDays: daysOf(options.expires) };
}

/** What a person is told beside a new token. */
export function noteOnToken(made: { scopes: readonly Scope[]; expiresAt: Date | null }): string {
  const until = made.expiresAt ? `until ${showInstant(made.expiresAt)}` : "until it is revoked";
  return `It may ${made.scopes.join(", ")}, ${until}. It is shown once: keep it like a password.`;
}

function scopesOf(word: string): readonly Scope[] {
  const preset = Object.entries(TOKEN_PRESETS).find(([name]) => name === word)?.[1];
  if (preset) return preset;
  const scope = SCOPES.find((one) => one === word);
  if (scope) return [scope];
  throw new UsageError(`There is no scope ${word}. Scopes: ${SCOPES.join(", ")}.`);
}

function daysOf(text: string | undefined): number | null {
  if (text === undefined) return TOKEN_DAYS;
  if (text === "never") return null;
  const days = Number(text);
  if (!(Number.isInteger(days) && days >= 1 && days <= 3650))
    throw new UsageError("--expires is a whole number of days from 1 to 3650, or `never`.");
  return days;
}
