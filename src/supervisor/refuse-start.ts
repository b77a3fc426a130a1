/**
 * The machine or a setting does not allow a start. The message is for the person at the terminal: one sentence on what is wrong and
 * one on what to do. The supervisor prints it without a stack and ends with code 1; nothing has been changed then.
 */
export class StartRefusal extends Error {}
