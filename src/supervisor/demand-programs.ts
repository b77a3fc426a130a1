import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { promisify } from "node:util";
import { StartRefusal } from "./refuse-start";

/** Refuses when borg or sshd of the settings is not there. */
export async function demandPrograms(borg: string, sshd: string): Promise<void> {
  try {
    await promisify(execFile)(borg, ["--version"], { timeout: 20_000 });
  } catch (cause) {
    throw new StartRefusal(
      `borg cannot be run (${borg}). Install it (apt-get install borgbackup), or set BBS_BORG to its path.`,
      { cause },
    );
  }
  try {
    await access(sshd, constants.X_OK);
  } catch (cause) {
    throw new StartRefusal(
      `sshd is not there (${sshd}). Install it (apt-get install openssh-server), or set BBS_SSHD to its path.`,
      { cause },
    );
  }
}
