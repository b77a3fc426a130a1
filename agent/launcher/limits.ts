/** What a version may take until it has shown that it works, and how the launcher goes about its work. Edit with the decision 0021. */
export const LIMITS = {
  /** Seconds within which a new version must have had an answer of the server. */
  confirmSeconds: 120,
  /** Of main memory, while a version is unconfirmed and while it proves itself. An idle agent takes a tenth. */
  memoryBytes: 512 * 1024 ** 2,
  /** Starts of an unconfirmed version: the machine itself may go down with it. */
  starts: 3,
  /** Seconds that a new version gets to prove itself beside the running one. */
  proveSeconds: 180,
  /** How long an update waits until no backup or restore runs. */
  idleSeconds: 24 * 3600,
  /** For the download of a whole file. */
  downloadSeconds: 1800,
  /** Before a version that ended by itself is started again. */
  restartMs: 5000,
} as const;
