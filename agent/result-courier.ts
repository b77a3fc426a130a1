import { reportResponse } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { backoffMs, pause, retryMs } from "./backoff";
import { nextLines } from "./job-reporter";
import { LinkError } from "./link-error";
import { forgetResult, keepResult, type StoredResult } from "./result-store";
import type { ServerLink } from "./server-link";

/**
 * Brings finished results to the server, each until it is acknowledged, over restarts of both sides. A result that the server
 * refuses for good (another lease, no such job) is dropped: the server has decided without it.
 */
export class ResultCourier {
  readonly #folder: AgentFolder;
  readonly #link: ServerLink;
  readonly #note: (text: string) => void;
  readonly #waiting = new Map<string, { result: StoredResult; stop: AbortController; done: Promise<void> }>();

  constructor(folder: AgentFolder, link: ServerLink, note: (text: string) => void) {
    this.#folder = folder;
    this.#link = link;
    this.#note = note;
  }

  /** What waits, for the next poll. */
  holding(): { jobId: string; lease: number }[] {
    return [...this.#waiting.values()].map(({ result }) => ({
      jobId: result.jobId,
      lease: result.report.lease,
    }));
  }

  /** Keeps the result on disk, then delivers it in the background. Resolves when it is on disk. */
  async keep(result: StoredResult): Promise<void> {
    await keepResult(this.#folder, result);
    this.take(result);
  }

  /** Delivers a result that is on disk already. */
  take(result: StoredResult): void {
    const stop = new AbortController();
    const done = this.#deliver(result, stop.signal).finally(() => {
      if (this.#waiting.get(result.jobId)?.result === result) this.#waiting.delete(result.jobId);
    });
    this.#waiting.set(result.jobId, { result, stop, done });
  }

  /** Forgets a result whose job was handed out anew. */
  async drop(jobId: string): Promise<void> {
    const waiting = this.#waiting.get(jobId);
    if (!waiting) return;
    waiting.stop.abort();
    await waiting.done;
    await forgetResult(this.#folder, jobId);
  }

  /** Gives deliveries under way a moment; what is left stays on disk for the next start. */
  async stop(patienceMs: number): Promise<void> {
    const all = [...this.#waiting.values()];
    await Promise.race([Promise.all(all.map(({ done }) => done)), pause(patienceMs)]);
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  async #deliver(result: StoredResult, signal: AbortSignal): Promise<void> {
    let rest = [...result.log];
    for (let failures = 0; !signal.aborted; ) {
      const log = nextLines(rest);
      const isLast = log.length === rest.length;
      // Lines that do not fit go ahead with `running` reports; the end comes with the last of them.
      const report = isLast
        ? { ...result.report, log }
        : { protocol: result.report.protocol, lease: result.report.lease, state: "running", log };
      try {
        const answer = await this.#link.post(
          `api/agent/v1/jobs/${result.jobId}/report`,
          report,
          reportResponse,
          {
            seconds: 30,
            signal,
          },
        );
        rest = rest.slice(log.length);
        if (!answer.acknowledged) {
          if (isLast) await pause(backoffMs(++failures, 60_000, Math.random()), signal);
          continue;
        }
        await forgetResult(this.#folder, result.jobId);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof LinkError)) throw error;
        if (isFinal(error)) {
          this.#note(`The server does not take the result of job ${result.jobId} any more: ${error.say}`);
          await forgetResult(this.#folder, result.jobId);
          return;
        }
        failures++;
        const { retryAfterSeconds } = error;
        await pause(retryMs(failures, { mostMs: 60_000, retryAfterSeconds, random: Math.random() }), signal);
      }
    }
  }
}

/** Refusals that waiting does not change. An unknown key or an unsupported protocol may be put right by a person. */
function isFinal(error: LinkError): boolean {
  return error.kind === "refused" && error.status !== null && ![401, 403, 408, 426].includes(error.status);
}
