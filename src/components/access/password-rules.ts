/** Shown while typing; the server refuses by the same two (server/access/password). bcrypt reads no further than 72 bytes. */
export const PASSWORD_RULES: readonly {
  say: string;
  refusal: string;
  holds: (password: string) => boolean;
}[] = [
  {
    say: "10 characters or more; a few words are easy to remember",
    refusal: "Use at least 10 characters.",
    holds: (password) => [...password].length >= 10,
  },
  {
    say: "at most 72 bytes",
    refusal: "Use at most 72 bytes: shorten it a little.",
    holds: (password) => new TextEncoder().encode(password).length <= 72,
  },
];
