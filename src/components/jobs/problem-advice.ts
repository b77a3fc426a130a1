import type { KeeperRefusal } from "~/keeper/contract";
import type { AGENT_PROBLEMS } from "~/protocol/v1";

type AgentProblem = (typeof AGENT_PROBLEMS)[number];

/** Codes of our own: a lease that ran out, an audit that found something, a repository that waits for a decision. */
type ServerProblem =
  | "agent-silent"
  | "not-clean"
  | "damage-found"
  | "repository-quarantined"
  | "retention-held"
  | "worker-lost"
  | "server-fault"
  | "client-removed"
  | "not-needed"
  | "drill-not-made";

/** What to do about a failed job, beside what its own words say. `retry`: trying again as it is can help. */
export interface Advice {
  title: string;
  todo: string;
  retry: boolean;
}

/** Advice by problem code. A code that nobody here knows gets a true general answer. */
export function adviceFor(code: string): Advice {
  return Object.hasOwn(ADVICE, code) ? (ADVICE[code as keyof typeof ADVICE] ?? UNKNOWN) : UNKNOWN;
}

/** Whether a problem's own words go on after what happened; then they say what to do (protocol v1) and ours would say it twice. */
export function tellsWhatToDo(say: string): boolean {
  return /[.!?]\s+\S/.test(say);
}

const advice = (title: string, todo: string, retry = false): Advice => ({ title, todo, retry });

const UNKNOWN = advice(
  "It failed",
  "The log has the details. Try again; if it fails the same way, copy the details and ask for help.",
  true,
);

const HELD = advice(
  "The repository is held",
  "An audit found that it was tampered with. Review the incident under Vault: roll back or accept, then retry.",
);

/** Exhaustive over the codes of the agent and of the keeper: a new code does not compile until it has advice here. */
const ADVICE: Record<AgentProblem | KeeperRefusal | ServerProblem, Advice> = {
  "borg-missing": advice(
    "borg is not installed",
    "Install borgbackup on the machine (Debian: apt install borgbackup), then retry.",
    true,
  ),
  "borg-killed": advice(
    "borg was ended on the storage server",
    "Nothing is wrong with what is stored. The storage server's system log says what ended it, most often too little memory; then retry.",
    true,
  ),
  "drill-not-made": advice(
    "The drill was not made",
    "It says nothing about the archive. Correct the cause on the other machine, or choose another one in the plan, then press Drill now again. A plan's drill is tried again a day later.",
  ),
  "repository-damaged": advice(
    "The repository is damaged",
    "borg found that stored data is not what it wrote. Delete nothing; run a full check from the repository's page and look at what it says.",
  ),
  "borg-too-old": advice(
    "borg is too old",
    "Install a newer borg on the machine: 1.2 or 1.4. Debian has 1.4 in bookworm-backports.",
    true,
  ),
  "source-missing": advice(
    "A directory is not there",
    "Take it out of the plan, or mount it on the machine and retry.",
    true,
  ),
  "policy-forbids-source": advice(
    "The machine does not allow this directory",
    "Add it to readPaths in policy.json on the machine, or take it out of the plan. The server cannot change that.",
  ),
  "policy-forbids-target": advice(
    "The machine does not allow this place",
    "Restore into the machine's restore folder, or add the place to restorePaths in policy.json on the machine.",
  ),
  "policy-forbids-looking": advice(
    "The machine does not let anybody look",
    'Its administrator can add "browse": true to policy.json on the machine, and the place to readPaths. The server cannot change that.',
  ),
  "folder-missing": advice("The folder is not there", "Go up a folder and look again.", true),
  "folder-unreadable": advice(
    "The folder cannot be looked into",
    "Its own words say why: a link is never followed, and what does not answer is left alone.",
  ),
  "policy-forbids-hook": advice(
    "The machine does not list this script",
    "Add it under hooks in policy.json on the machine, owned by root and writable by nobody else, or take it out of the plan.",
  ),
  "policy-forbids-database": advice(
    "The machine does not allow this database",
    "Add it under databases, or its host to typedDatabaseHosts, in policy.json on the machine, or take it out of the plan.",
  ),
  "policy-forbids-containers": advice(
    "The machine does not let containers be stopped",
    "Add the label to containers.labels in policy.json on the machine, or take it out of the plan.",
  ),
  "release-unsigned": advice(
    "The release is not signed",
    "Only what the makers have signed is installed. Get the release again from where they publish it.",
  ),
  "release-unknown-key": advice(
    "The machine does not trust the key of this release",
    "Compare the key with the one that the makers publish. If it is theirs, run on the machine: bbs-agent trust-release-key KEY.",
  ),
  "release-bad-signature": advice(
    "The release was changed after it was signed",
    "Find out how that came about before you go on. Get the release again from where the makers publish it.",
  ),
  "release-downgrade": advice(
    "The release is older than what the machine has run",
    "Older versions may have known holes, so no update goes back. To go back all the same, install by hand with the line that the console shows.",
  ),
  "release-too-far": advice(
    "There is a release in between",
    "Update to the release that the notes name first, then to this one.",
  ),
  "release-wrong-file": advice(
    "The file is not the one that was signed",
    "Somebody changed it on the server or on the way, or the release has none for this machine. Get the release again from where the makers publish it.",
  ),
  "release-truncated": advice(
    "The download did not arrive whole",
    "Retry; the version that runs was not touched.",
    true,
  ),
  "update-impossible": advice(
    "This agent cannot be exchanged while it runs",
    "Its own words say why. Where it comes with a container's image, update that image.",
  ),
  "update-crashed": advice(
    "The new version crashed",
    "The machine works on with the one before. Keep this release from other machines and report the last words to the makers.",
  ),
  "update-hung": advice(
    "The new version did not answer in time",
    "The machine works on with the one before. If it was only slow, or the server could not be reached, retry once.",
    true,
  ),
  "update-unhealthy": advice(
    "The new version did not pass its own checks",
    "The machine works on with the one before. What failed stands above.",
    true,
  ),
  "update-out-of-memory": advice(
    "The new version took too much memory",
    "The machine works on with the one before. Keep this release from other machines and report it to the makers.",
  ),
  "update-never-idle": advice(
    "The machine was never idle",
    "Backups or restores ran for a day. Retry when they are done.",
    true,
  ),
  "hook-failed": advice(
    "A script failed",
    "Its output is in the log. Correct it on the machine, then retry.",
    true,
  ),
  "database-failed": advice(
    "A database could not be dumped or loaded",
    "The message names it and says why. Correct the cause on the machine, then retry.",
    true,
  ),
  "containers-failed": advice(
    "Containers could not be stopped or started",
    "The log names them. Look at them on the machine at once: one may be down.",
  ),
  "snapshot-failed": advice(
    "No snapshot could be made",
    "The message says why. Ask for a snapshot “where possible” in the plan, or correct the cause, then retry.",
    true,
  ),
  "archive-not-made-here": advice(
    "The machine does not know this archive",
    "Only archives that the machine made itself go back to their original places or into a database. Restore into the restore folder instead.",
  ),
  "archive-missing": advice(
    "The archive is gone",
    "It is not in the repository any more. Choose another one under Archives.",
  ),
  "archive-exists": advice(
    "The archive's name is taken",
    "Retry: the next try gets a name of its own.",
    true,
  ),
  "repository-missing": advice(
    "The repository is not there",
    "Open the repository's page: it may not be ready, or its storage is not mounted.",
  ),
  "repository-locked": advice(
    "Somebody else works in the repository",
    "Wait for the other job to end, then retry. The repository's page names it.",
    true,
  ),
  "repository-full": advice(
    "The repository's quota is used up",
    "Raise the quota or remove archives, then retry.",
  ),
  "disk-full": advice("The disk is full", "Make space on the disk that the message names, then retry.", true),
  "passphrase-wrong": advice(
    "The passphrase does not fit",
    "The repository was changed outside this server. Its passphrase must be set right before anything else.",
  ),
  "replay-suspected": advice(
    "The repository is older than it should be",
    "borg on the machine has seen a newer state of it: an old copy may have been put in its place. Find out why before you go on.",
  ),
  "connection-refused": advice(
    "The server did not take the connection",
    "Check from the machine that the server's SSH port is open, then retry.",
    true,
  ),
  "connection-lost": advice("The connection broke", "Retry: borg goes on from its last checkpoint.", true),
  "host-key-changed": advice(
    "The server showed another key",
    "Somebody may be in between, or the server was set up anew. If it was, enrol the machine again.",
  ),
  "gate-refused": advice("The server's gate said no", "The client's page lists the session with the reason."),
  "agent-restarted": advice(
    "The agent was restarted",
    "Retry: what borg had written until then is used again.",
    true,
  ),
  "agent-silent": advice(
    "The machine stopped answering",
    "Check that it runs and has a network. If its work did end well, the result still arrives by itself.",
    true,
  ),
  cancelled: advice("It was cancelled", "Nothing to do. Retry when you want it after all.", true),
  "borg-failed": advice("borg stopped with an error", "The log's last error lines say why.", true),
  "agent-fault": advice(
    "The agent broke",
    "Its log on the machine (journalctl -u bbs-agent) has the cause. Retry once.",
    true,
  ),
  "bad-request": advice(
    "The storage side did not understand",
    "Server programs of different versions may be running: restart the server, then retry.",
    true,
  ),
  "client-missing": advice(
    "The client has no account on the storage machine",
    "Retry: the account is made again when the server starts.",
    true,
  ),
  "repository-exists": advice(
    "The repository exists already",
    "A repository of this id with another passphrase is in the way. Look at the storage machine.",
  ),
  "repository-held": HELD,
  "repository-quarantined": HELD,
  "retention-held": advice(
    "A suspicious backup waits for a decision",
    "Open the alert, look at what that backup changed, and say whether it was meant. Then retry.",
  ),
  "not-clean": advice(
    "The audit found something",
    "The repository is held. Review the incident under Vault and decide: roll back, or accept.",
  ),
  "damage-found": advice(
    "The check found damage",
    "Look at the storage's disk first. Delete no archives and release no old seals: what is damaged here may be whole there. Then run a full check.",
  ),
  "not-allowed": advice(
    "The vault does not allow this now",
    "The repository's page says under Vault what stands in the way, and what ends it.",
  ),
  "session-open": advice("The client is connected", "Wait for its session to end, then retry.", true),
  "timed-out": advice(
    "It took too long",
    "If it needs that long, give it a longer limit; if it hung, the end of its log shows where. What was stored until then is used again.",
    true,
  ),
  "worker-lost": advice(
    "The server stopped in the middle of this, several times",
    "The work itself may be what stops it: look into the server's log before you retry.",
  ),
  "server-fault": advice("The server broke", "Its log has the cause under the reference. Retry once.", true),
  "client-removed": advice("Its client was removed", "Nothing to do."),
  "not-needed": advice("It was not needed", "Nothing to do: the first try was at work all the time."),
  fault: advice("The storage side broke", "The server's log has the cause. Retry once.", true),
};
