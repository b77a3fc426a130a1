/** An end with one clear sentence for the person at the terminal: printed without a stack, exit code 1. */
export class PlainError extends Error {}
