/** How often something may be tried in how many seconds. The first try begins the window. Edit when an edge gets a limit. */
export const LIMITS = {
  /** By address and by account; a right password makes both counts start again. */
  "sign-in": { tries: 5, seconds: 300 },
  /** By address and by account; also recovery codes, before anything is hashed. */
  "second-factor": { tries: 10, seconds: 300 },
  /** By address and by account: asking for a link. */
  "password-reset": { tries: 5, seconds: 3600 },
  /** By address: links with a token in them (setup, invitation, new password). */
  link: { tries: 20, seconds: 3600 },
  /** By address: keys that nobody has. */
  "agent-bad-key": { tries: 20, seconds: 300 },
  /** By address: enrolling with a token that is no good. */
  "agent-enrol": { tries: 20, seconds: 300 },
  /** By address: everything that agents ask with a good key. Thousands may share one address behind NAT. */
  agent: { tries: 60_000, seconds: 60 },
  /** By address: API tokens that nobody has. */
  "bad-token": { tries: 20, seconds: 300 },
  /** By token: calls of scripts. */
  token: { tries: 1200, seconds: 60 },
} as const satisfies Record<string, { tries: number; seconds: number }>;
export type LimitName = keyof typeof LIMITS;
