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
}
