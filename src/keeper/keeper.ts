import type { z } from "zod";
import type { ClientPrograms } from "./authorized-keys";
import type { Clients } from "./clients";
import type { KeeperOutput, KeeperVerb, keeperVerbs } from "./contract";
import type { Layers } from "./layers";
import type { Leases } from "./lease";
import type { Locations } from "./locations";
import type { ParcelRecords } from "./parcels/parcel-records";
import type { StoragePaths } from "./paths";
import type { RepositoryRecords } from "./repository-records";
import type { SessionLedger } from "./session-ledger";
import type { Sessions } from "./sessions";
import type { Turns } from "./turns";
import type { NextAudits } from "./vault/next-audits";

/** What the verbs work with. One per process, put together by start-keeper. */
export type Keeper = {
  paths: StoragePaths;
  /** False: one Unix account for everything, isolation by the forced command alone. */
  root: boolean;
  /** borg's absolute path; null when there is none. */
  findBorg: () => Promise<string | null>;
  program: ClientPrograms;
  clients: Clients;
  /** Changes of clients happen one at a time: they share files and the machine's account numbers. */
  clientTurns: Turns;
  repositories: RepositoryRecords;
  parcels: ParcelRecords;
  locations: Locations;
  leases: Leases;
  layers: Layers;
  /** Repositories that wait for an audit. */
  audits: NextAudits;
  sessions: Sessions;
  ledger: SessionLedger;
  gates: { open(clientId: string): Promise<void>; close(clientId: string): Promise<void> };
  now: () => Date;
  /** Called with the name of each step of work that must survive a crash. Only tests give one that does anything. */
  atStep: (step: string) => void;
};

/**
 * A verb of the contract: parsed input in, output out. `signal` aborts when the caller has closed the connection. `send` is for verbs that
 * stream before they answer: it resolves when the caller can take more. `receive` is what the caller sends behind its request; it throws
 * when the caller goes away before the end.
 */
export type Verb<V extends KeeperVerb> = (
  keeper: Keeper,
  input: z.output<(typeof keeperVerbs)[V]["input"]>,
  signal: AbortSignal,
  send: (piece: Buffer) => Promise<void>,
  receive?: () => AsyncIterable<Buffer>,
) => Promise<KeeperOutput<V>>;
