import type { Keeper } from "../keeper";

/** What a move or a repair does now. */
export type Progress = {
  phase: "copying" | "checking" | "listing" | "repairing" | "ending";
  doneBytes: number;
  totalBytes: number;
};

const underWay = new WeakMap<Keeper, Map<string, Progress>>();

/** What is done to a repository now by a move or a repair; null: neither runs. */
export function progressOf(keeper: Keeper, repositoryId: string): Progress | null {
  return underWay.get(keeper)?.get(repositoryId) ?? null;
}

/** Work whose progress can be asked for: `work` changes what it is given. */
export async function withProgress<T>(
  keeper: Keeper,
  repositoryId: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const all = underWay.get(keeper) ?? new Map<string, Progress>();
  underWay.set(keeper, all);
  const progress: Progress = { phase: "copying", doneBytes: 0, totalBytes: 0 };
  all.set(repositoryId, progress);
  try {
    return await work(progress);
  } finally {
    all.delete(repositoryId);
  }
}
