/**
 * Something in a repository is not as borg 1.2 and 1.4 write it, or is of a kind that only borg itself reads. Whoever catches it asks borg.
 * The message is for the log.
 */
export class NotUnderstood extends Error {}
