/** What a storage node says of itself: the answer of the keeper's verb `status`. */
export interface NodeStatus {
  /** Whether the keeper is root: each client has accounts of its own. */
  root: boolean;
  borgVersion: string | null;
  /** OpenSSH one-line public keys of its sshd, pinned by the agents. */
  sshHostKeys: string[];
  protections: { name: string; on: boolean; say: string }[];
  /** The line that holds each client's key, and what the gate behind it runs. Absent in reports of an older keeper. */
  forcedCommand?: { authorizedKeysLine: string; servedCommand: string };
  freeBytes: number;
  totalBytes: number;
  /** Where repositories may lie, the main location first. Absent in reports of an older keeper. */
  locations?: StorageLocation[] | undefined;
}

/** A storage location by the name that the node's own configuration gives it. */
export interface StorageLocation {
  name: string;
  /** Why it cannot be used now; null: it can. */
  problem: string | null;
  freeBytes: number;
  totalBytes: number;
}

/** Every location of a node, the main one first. */
export function locationsOf({ locations, freeBytes, totalBytes }: NodeStatus): StorageLocation[] {
  return locations ?? [{ name: "main", problem: null, freeBytes, totalBytes }];
}

/** The room of a location; null: the node does not tell of one of this name, or cannot use it. */
export function roomAt(
  status: NodeStatus,
  location: string,
): { freeBytes: number; totalBytes: number } | null {
  const found = status.locations?.find(({ name }) => name === location);
  if (found) return found.problem === null ? found : null;
  return location === "main" ? status : null;
}
