import { type ProgramFolder, programFolderOf } from "../launcher/program-folder";

/** Where this agent runs from. `launched`: a launcher started it, so it can be exchanged. */
export type UpdateGround = { ownFile: string; program: ProgramFolder; launched: boolean };

export function updateGround(ownFile: string): UpdateGround {
  // The launcher holds a channel to the program that it started.
  return { ownFile, program: programFolderOf(ownFile), launched: process.connected === true };
}
