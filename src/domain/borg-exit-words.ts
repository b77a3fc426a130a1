/** What a run of borg that did not simply end well means for a person. */
export interface ExitAdvice {
  /** What happened. */
  cause: string;
  /** The next step that cannot make it worse; null: nothing is to be done. */
  next: string | null;
}

/**
 * What borg's exit code means for the Job page: the cause, and what to do next. Numbers from 3 up are borg 1.4's with
 * BORG_EXIT_CODES=modern (1.4.0, helpers/errors.py and its neighbours); 1.2 knows 0, 1, 2 and 128 + signal only. For explanation only:
 * decisions are made by borg's message ids, because one classic code covers many causes. An unknown number still gets a true sentence.
 */
export function adviseBorgExit(code: number): ExitAdvice {
  const known = MEANINGS[code];
  if (known) return known;
  const group = GROUPS.find(({ from, to }) => code >= from && code <= to);
  if (group) return group.means;
  if (code > 128) return { cause: `borg was ended by signal ${code - 128}.`, next: RETRY };
  return { cause: "borg stopped with an error; the log says which.", next: READ };
}

const READ = "Read the lines above: the first error names the cause, what follows are its consequences.";
const RETRY = "Try again: what borg had stored until then is used again.";
const FILES =
  "Look at the files that are named. What must not be missing needs other rights or another time; the rest can be left out of the plan.";
const LOOK =
  "Change nothing in the repository by hand. Its page tells what the last audit found and how to go back to the last clean state.";
const WAIT = "Wait until the other work in the repository has ended, then try again.";
const KEY =
  "The repository was changed outside this server. Do not go on before its key and passphrase are set right.";

const means = (cause: string, next: string | null): ExitAdvice => ({ cause, next });

const MEANINGS: Record<number, ExitAdvice> = {
  0: means("borg finished without a complaint.", null),
  1: means(
    "borg finished, with warnings: some files could not be read or changed while they were read. All others are in the archive.",
    FILES,
  ),
  2: means("borg stopped with an error; the log says which.", READ),
  12: means("borg saw that the repository is not in order and wants it checked.", LOOK),
  13: means(
    "borg did not find the repository.",
    "Open the repository's page: it may not be ready, or its storage is not mounted.",
  ),
  14: means(
    "the storage has too little free space for what was to be written.",
    "Make room on the storage, then try again.",
  ),
  20: means("the repository's quota is used up.", "Raise the quota or remove archives, then try again."),
  30: means("an archive of this name exists already.", "Try again: the next one gets a name of its own."),
  31: means("the archive is not in the repository.", "Choose another archive."),
  52: means("the repository's passphrase did not fit.", KEY),
  62: means("borg wanted an answer to a question and nobody may answer for you.", LOOK),
  64: means("the repository is older than what this machine has seen of it.", LOOK),
  73: means("somebody else held the repository's lock for too long.", WAIT),
  81: means(
    "the connection to the server was refused or broke.",
    "Check from the machine that the server's SSH port is open; it is tried again by itself.",
  ),
  83: means("the server does not allow this path.", "The client's page lists the session with the reason."),
  100: means("borg finished; at least one file changed while it was read.", null),
  101: means("borg finished; one of the given paths matched nothing.", FILES),
  105: means("borg finished; at least one file could not be read.", FILES),
  107: means(
    "borg finished; one of the directories is not there.",
    "Take it out of the plan, or mount it on the machine.",
  ),
  130: means("borg was interrupted.", RETRY),
  137: means(
    "borg was killed, often because the machine ran out of memory.",
    "See in the machine's log (journalctl -k) whether it was the memory; then try again.",
  ),
  143: means("borg was asked to stop and did.", RETRY),
};

/** Numbers of borg 1.4 that mean the same to a person. */
const GROUPS: readonly { from: number; to: number; means: ExitAdvice }[] = [
  { from: 10, to: 27, means: means("borg could not use the repository as it is.", LOOK) },
  { from: 40, to: 53, means: means("borg could not open the repository with its key.", KEY) },
  {
    from: 60,
    to: 64,
    means: means("borg does not know the repository as the one it worked with before.", LOOK),
  },
  { from: 70, to: 75, means: means("borg could not get or keep the repository's lock.", WAIT) },
  { from: 80, to: 87, means: means("the connection between borg on both sides broke.", RETRY) },
  { from: 90, to: 99, means: means("borg found data that is not what was stored.", LOOK) },
  { from: 100, to: 127, means: means("borg finished, with warnings.", FILES) },
];
