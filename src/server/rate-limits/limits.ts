/** How often something may be tried in how many seconds. The first try begins the window. `addressTries`: another number for the key of
 *  an address. Edit when an edge gets a limit. */
interface Limit {
  tries: number;
  seconds: number;
  addressTries?: number;
}

export const LIMITS = {
  /** By address and by account. */
  "sign-in": { tries: 5, seconds: 300 },
  /** By address and by account; also recovery codes, before anything is hashed. */
  "second-factor": { tries: 10, seconds: 300 },
  /** By address: beginning to sign in with a passkey, which makes a row. */
  "passkey-challenge": { tries: 30, seconds: 300 },
  /** By address and by account: asking for a link. */
  "password-reset": { tries: 5, seconds: 3600 },
  /** By address: links with a token in them (setup, invitation, new password). A good one gives its try back. */
  link: { tries: 20, seconds: 3600 },
  /** By address: each step by OpenID Connect makes this server ask the provider. */
  oidc: { tries: 60, seconds: 300 },
  /** By address: keys that nobody has. Good keys from the same address are counted apart. */
  "agent-bad-key": { tries: 20, seconds: 300 },
  /** By address: enrolling with a token that is no good. A token holds 256 random bits, so this only keeps noise out; a person who pastes
   *  an old line a few times must not be locked out. */
  "agent-enrol": { tries: 20, seconds: 3600 },
  /** By agent, then by address: everything that is asked with a good key. One agent polls and reports some times a second at most;
   *  thousands may share one address behind NAT. */
  agent: { tries: 1200, seconds: 60, addressTries: 60_000 },
  /** By address: API tokens that nobody has. */
  "bad-token": { tries: 20, seconds: 300 },
  /** By token: calls of scripts. */
  token: { tries: 1200, seconds: 60 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** The limit of a name. */
export function limitOf(name: LimitName): Limit {
  return LIMITS[name];
}
