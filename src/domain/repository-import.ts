import type { Encryption } from "./repository";

/** A folder on the storage node that could be taken in, as the keeper told of it. */
export interface ImportCandidate {
  id: string;
  location: string;
  name: string;
  /** `import`: put into the import folder. `left`: it lies among a client's repositories and the keeper has no record of it. */
  kind: "import" | "left";
  /** Of a `left` one: whose it was, and the id that it keeps. */
  clientId: string | null;
  repositoryId: string | null;
  borgId: string | null;
  encryption: Encryption | null;
  segments: number;
  bytes: number;
  /** Why it cannot be taken in; null: nothing was found so far. */
  problem: string | null;
}

/** A repository that the keeper has, with its vault, and of which the server has no row: its database was lost. */
export interface LostRepository {
  clientId: string;
  repositoryId: string;
  borgId: string;
  location: string;
}

/** What was found in a repository before it is taken in. Times are claims of whoever made the archives; ISO 8601, UTC. */
export interface FoundRepository {
  borgId: string;
  encryption: Encryption;
  bytes: number;
  segments: number;
  uncommittedSegments: number;
  appendOnly: boolean;
  quotaBytes: number | null;
  archiveCount: number;
  /** The newest, at most 200. */
  archives: { name: string; startedAt: string; hostname: string | null }[];
  oldestStartedAt: string | null;
  newestStartedAt: string | null;
  fingerprint: string;
  seconds: number;
}
