import { z } from "zod";
import { accountsVerbs } from "./contract/accounts";
import { archivesVerbs } from "./contract/archives";
import { importsVerbs } from "./contract/imports";
import { maintenanceVerbs } from "./contract/maintenance";
import { parcelsVerbs } from "./contract/parcels";
import { repositoriesVerbs } from "./contract/repositories";
import { selfBackupVerbs } from "./contract/self-backup";
import { serverRestoresVerbs } from "./contract/server-restores";
import { vaultVerbs } from "./contract/vault";

/**
 * What the worker may ask of the keeper, and what comes back: the verbs stand in `contract/`, one file for each area. Ids only: the
 * keeper derives every file-system path. Paths inside an archive are data and travel as base64. One request per connection on
 * `run/keeper.sock` (0660, group of the worker): a JSON line in, a JSON line out. Closing the connection ends what was asked for.
 */
export const keeperVerbs = {
  ...accountsVerbs,
  ...repositoriesVerbs,
  ...importsVerbs,
  ...archivesVerbs,
  ...vaultVerbs,
  ...maintenanceVerbs,
  ...parcelsVerbs,
  ...serverRestoresVerbs,
  ...selfBackupVerbs,
} as const;

/**
 * A verb that streams sends frames in front of its answer's line: a zero byte, the length as 32 bits, big-endian, and so many bytes. An
 * answer begins with `{`, so the two cannot be mixed up. What a verb takes in comes behind the request's line in the same frames; one without
 * bytes ends it.
 */
export const FRAME_HEADER_BYTES = 5;

export type KeeperVerb = keyof typeof keeperVerbs;
export type KeeperInput<V extends KeeperVerb> = z.input<(typeof keeperVerbs)[V]["input"]>;
export type KeeperOutput<V extends KeeperVerb> = z.output<(typeof keeperVerbs)[V]["output"]>;

/** Why the keeper did not do it. `fault` is a broken machine or our bug; the rest is for the person. */
export const KEEPER_REFUSALS = [
  "bad-request",
  "client-missing",
  "repository-missing",
  "repository-exists",
  "repository-locked",
  "session-open",
  "passphrase-wrong",
  "archive-missing",
  /** borg found that what is stored is not what it wrote. */
  "repository-damaged",
  "disk-full",
  "borg-missing",
  /** By a signal that was not ours, as the kernel does where memory is short. Says nothing of what is stored. */
  "borg-killed",
  "repository-held",
  "not-allowed",
  "timed-out",
  "cancelled",
  "fault",
] as const;
export type KeeperRefusal = (typeof KEEPER_REFUSALS)[number];

export const keeperRequest = z.object({
  verb: z.enum(Object.keys(keeperVerbs) as [KeeperVerb, ...KeeperVerb[]]),
  input: z.unknown(),
});
export const keeperAnswer = z.union([
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.enum(KEEPER_REFUSALS), say: z.string() }),
]);
