import { env } from "~/env";

/** The page that tells anybody, also without an account, how to report. */
export const REPORT_PAGE = "/report-a-vulnerability";

/** Days that what we say counts (RFC 9116 recommends less than a year); it moves on with every day. */
const VALID_DAYS = 180;
const DAY_MS = 86_400_000;

/** Whom to tell of a vulnerability, as a URI; null: whoever runs this server has named nobody. */
export function securityContact(): string | null {
  return env().securityContact ?? null;
}

/**
 * The text of /.well-known/security.txt (RFC 9116). Without a contact of its own it names the page that says how to report. `Expires` is
 * the start of a day, so that all of a day's readers get the same text.
 */
export function securityTxt(now: Date): string {
  const { appUrl } = env();
  const expires = new Date((Math.floor(now.getTime() / DAY_MS) + VALID_DAYS) * DAY_MS);
  return [
    `Contact: ${securityContact() ?? appUrl + REPORT_PAGE}`,
    `Expires: ${expires.toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${appUrl}/.well-known/security.txt`,
    `Policy: ${appUrl}${REPORT_PAGE}`,
    "",
  ].join("\n");
}
