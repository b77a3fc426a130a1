/**
 * What borg's exit code means, in words for the Job page. Numbers from 3 up are borg 1.4's with BORG_EXIT_CODES=modern; 1.2 knows
 * 0, 1, 2 and 128 + signal only. For explanation only: decisions are made by borg's message ids (design, borg facts), because one
 * classic code covers many causes. An unknown number still gets a true sentence.
 */
export function explainBorgExit(code: number): string {
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (code >= 100 && code <= 127) return "borg finished, with warnings.";
  if (code > 128) return `borg was ended by signal ${code - 128}.`;
  return "borg stopped with an error; the log says which.";
}

const MEANINGS: Record<number, string> = {
  0: "borg finished without a complaint.",
  1: "borg finished, with warnings: some files could not be read or changed while they were read. All others are in the archive.",
  2: "borg stopped with an error; the log says which.",
  13: "borg did not find the repository.",
  20: "the repository's quota is used up.",
  30: "an archive of this name exists already.",
  31: "the archive is not in the repository.",
  52: "the repository's passphrase did not fit.",
  62: "borg wanted an answer to a question and nobody may answer for you.",
  64: "the repository is older than what this machine has seen of it.",
  73: "somebody else held the repository's lock for too long.",
  81: "the connection to the server was refused or broke.",
  83: "the server does not allow this path.",
  100: "borg finished; at least one file changed while it was read.",
  101: "borg finished; one of the given paths matched nothing.",
  105: "borg finished; at least one file could not be read.",
  107: "borg finished; one of the directories is not there.",
  130: "borg was interrupted.",
  137: "borg was killed, often because the machine ran out of memory.",
  143: "borg was asked to stop and did.",
};
