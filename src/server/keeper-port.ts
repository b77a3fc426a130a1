import type { KeeperInput, KeeperOutput, KeeperRefusal, KeeperVerb } from "~/keeper/contract";

/**
 * How rooms reach the keeper: handed in by whoever runs them (the worker), already bound to the job's time limit and cancellation.
 * Only the worker has the keeper's socket; a room that asks for this cannot be called by the web by mistake.
 */
export interface Keeper {
  /** Throws {@link KeeperProblem} when the keeper will not or cannot, anything else for a fault of ours. */
  call<V extends KeeperVerb>(
    verb: V,
    input: KeeperInput<V>,
    /** What a streaming verb sends before its answer. */
    onPiece?: (piece: Buffer) => Promise<void>,
    /** Ends the call early, as the end of the job does. */
    signal?: AbortSignal,
    /** What a verb takes in behind its request. */
    pieces?: AsyncIterable<Buffer>,
  ): Promise<KeeperOutput<V>>;
}

/** The keeper's no, or no keeper at all (`unreachable`). `say` is for the person. */
export class KeeperProblem extends Error {
  constructor(
    readonly code: KeeperRefusal | "unreachable",
    readonly say: string,
    cause?: unknown,
  ) {
    super(`${code}: ${say}`, cause === undefined ? undefined : { cause });
    this.name = "KeeperProblem";
  }

  /** It passes by itself: the same call is right again later. */
  get passes(): boolean {
    return this.code === "unreachable" || this.code === "session-open" || this.code === "repository-locked";
  }
}
