import type { KeeperRefusal } from "./contract";

/** What the keeper will not or cannot do, with the sentence for the person. Everything else that is thrown is a fault. */
export class KeeperRefuses extends Error {
  readonly code: KeeperRefusal;

  constructor(code: KeeperRefusal, say: string, cause?: unknown) {
    super(say, cause === undefined ? undefined : { cause });
    this.name = "KeeperRefuses";
    this.code = code;
  }
}

/** borg could not make sense of what is stored, whether it said that it is damaged or only failed. */
export function isUnreadable(error: unknown): error is KeeperRefuses {
  return error instanceof KeeperRefuses && (error.code === "fault" || error.code === "repository-damaged");
}
