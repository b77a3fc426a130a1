import { setImmediate as letOthersRun } from "node:timers/promises";
import { KeeperRefuses } from "../refusal";

/** How long the keeper may work in one go; then its other callers have their turn. */
const SLICE_MS = 10;

/** Cuts long synchronous work into slices: ask `isOverdue` often, then `await rest()`, which also ends cancelled work. */
export class Breather {
  readonly signal: AbortSignal | undefined;
  #restedAt = performance.now();

  constructor(signal?: AbortSignal) {
    this.signal = signal;
  }

  isOverdue(): boolean {
    return performance.now() - this.#restedAt > SLICE_MS;
  }

  async rest(): Promise<void> {
    await letOthersRun();
    if (this.signal?.aborted) throw new KeeperRefuses("cancelled", "It was cancelled.");
    this.#restedAt = performance.now();
  }
}
