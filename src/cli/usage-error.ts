/** The command line itself is wrong; the message says what to type instead. */
export class UsageError extends Error {}
