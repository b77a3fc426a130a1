import { UPDATE_ABILITY } from "~/protocol/agent-update";
import {
  BACKUP_EXTRAS_ABILITY,
  DATABASE_COPY_ABILITY,
  DATABASE_RESTORE_ABILITY,
} from "~/protocol/backup-extras";
import { RESTORE_DRILL_ABILITY } from "~/protocol/restore-drill";
import { RESTORE_EXTRAS_ABILITY } from "~/protocol/restore-extras";
import type { Machine } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { PlainError } from "./plain-error";
import { sealingKey, sealingKeyForConsole } from "./sealing-key";

/** What this agent can do beyond the first release, and the key to which the console seals what only this machine may read. */
export async function describeAbilities(
  folder: AgentFolder,
): Promise<Pick<Machine, "abilities" | "sealingKey">> {
  const abilities = [
    BACKUP_EXTRAS_ABILITY,
    DATABASE_RESTORE_ABILITY,
    DATABASE_COPY_ABILITY,
    RESTORE_EXTRAS_ABILITY,
    // The launcher holds a channel to the program that it started.
    ...(process.connected ? [UPDATE_ABILITY] : []),
    RESTORE_DRILL_ABILITY,
  ];
  try {
    return { abilities, sealingKey: sealingKeyForConsole(await sealingKey(folder)) };
  } catch (error) {
    // A damaged key file: backups go on, only nothing can be sealed until a person has removed it.
    if (error instanceof PlainError) return { abilities };
    throw error;
  }
}
