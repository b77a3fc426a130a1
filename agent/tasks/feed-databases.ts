import type { Writable } from "node:stream";
import type { DatabaseOutcome } from "~/protocol/backup-extras";
import { type Aftermath, keepAftermath } from "../aftermath";
import { type AllowedSource, dumpDatabases } from "../sources/dump-databases";
import { ReaderGone } from "../sources/tar-stream";
import type { TaskContext } from "./task";

/** The databases of one backup on their way into borg. */
export type DatabaseFeed = {
  /** For borg's stdin. */
  feed: (stdin: Writable) => void;
  /** Ends borg: a stream that broke by our own fault must not become an archive. */
  signal: AbortSignal;
  /** How each fared, once borg has ended; a dump that still runs is ended. */
  end: () => Promise<DatabaseOutcome[]>;
};

/** Null without databases. */
export function feedDatabases(
  sources: readonly AllowedSource[],
  left: Aftermath,
  context: TaskContext,
): DatabaseFeed | null {
  if (sources.length === 0) return null;
  const borg = stoppedWith(context.signal);
  const dumps = stoppedWith(context.signal);
  const remember = async (folder: string) => {
    left.copies.push(folder);
    await keepAftermath(context.folder, left);
  };
  let outcomes: Promise<DatabaseOutcome[]> = Promise.resolve([]);
  return {
    signal: borg.signal,
    feed(stdin) {
      outcomes = dumpDatabases(sources, stdin, { context, signal: dumps.signal, remember });
      outcomes.catch((error: unknown) => {
        if (!(error instanceof ReaderGone)) borg.stop();
      });
    },
    async end() {
      dumps.stop();
      try {
        return await outcomes;
      } catch (error) {
        // borg was gone before it had read everything: its own end says why.
        if (error instanceof ReaderGone) return [];
        throw error;
      } finally {
        borg.release();
        dumps.release();
      }
    },
  };
}

/** A signal of our own that also fires with another one (AbortSignal.any needs node 20). */
function stoppedWith(outer: AbortSignal) {
  const control = new AbortController();
  const stop = () => control.abort();
  outer.addEventListener("abort", stop, { once: true });
  if (outer.aborted) stop();
  return { signal: control.signal, stop, release: () => outer.removeEventListener("abort", stop) };
}
