/** Words that start every sentence the gate prints, so that the agent can tell them from ssh's and borg's. */
export const GATE_SAYS = "bbs-gate:";

/**
 * Judges SSH_ORIGINAL_COMMAND: null when it is a `borg serve` in any spelling a borg client sends, else the sentence for the person.
 * Its arguments are never used (`--restrict-to-path /` changes nothing), but a text with shell characters is refused as a whole:
 * no honest borg sends one. borg's own parser must not see it: `borg create --exclude-from FILE` would open FILE for the client.
 */
export function refusalOfCommand(asked: string | undefined): string | null {
  if (asked === undefined || asked.trim() === "")
    return "this account gives no shell, it only serves borg repositories.";
  const [program = "", verb = "", ...rest] = asked.trim().split(" ");
  const isBorgServe = /^(?:[\w./~-]*\/)?borg[\w.-]*$/.test(program) && verb === "serve";
  if (!isBorgServe || !rest.every((word) => /^[\w.,:=/~@%+-]*$/.test(word)))
    return "this account only serves borg repositories; it runs no other command.";
  return null;
}
