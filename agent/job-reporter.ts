import {
  LONGEST_LOG_LINE,
  type LogLine,
  MOST_LOG_LINES,
  PROTOCOL_VERSION,
  type Progress,
  reportResponse,
} from "~/protocol/v1";
import { pause, retryMs } from "./backoff";
import { LinkError } from "./link-error";
import type { ServerLink } from "./server-link";

/** Reports at most this often, however much happens. */
const LEAST_GAP_MS = 1000;
/** A running job is heard of at least this often; the server's lease lasts twelve times as long. */
const HEARTBEAT_MS = 20_000;
/** Lines kept while the server is away. Older ones are dropped first, and a line says how many. */
const MOST_WAITING_LINES = 5000;
/** Lines of one job that are sent; a disk with a million unreadable files must not fill the server's. Errors are always sent. */
const MOST_LINES_OF_A_JOB = 20_000;
const MOST_REPORT_CHARACTERS = 400_000;

/**
 * Tells the server about one running job. A server that is away changes nothing for the job: progress is overwritten, log lines
 * wait, bounded. `onCancel` when a person wants it stopped, `onGone` when the lease is not ours any more.
 */
export class JobReporter {
  readonly #job: { jobId: string; lease: number };
  readonly #link: ServerLink;
  readonly #on: { onCancel: () => void; onGone: (say: string) => void };
  readonly #stopped = new AbortController();
  #wake = new AbortController();
  #lines: LogLine[] = [];
  #sequence: number;
  #dropped = 0;
  #unsent = 0;
  #progress: Progress | undefined;
  #startedAt: string | undefined;
  readonly #sending: Promise<void>;

  constructor(
    job: { jobId: string; lease: number; logSequence: number },
    link: ServerLink,
    on: { onCancel: () => void; onGone: (say: string) => void },
  ) {
    this.#job = job;
    this.#link = link;
    this.#on = on;
    this.#sequence = job.logSequence;
    this.#sending = this.#send();
  }

  log(level: LogLine["level"], message: string): void {
    if (this.#sequence >= MOST_LINES_OF_A_JOB && level !== "error") {
      this.#unsent++;
      return;
    }
    this.#lines.push(this.#line(level, message));
    if (this.#lines.length > MOST_WAITING_LINES) {
      this.#lines.shift();
      this.#dropped++;
    }
    this.#wake.abort();
  }

  progress(progress: Omit<Progress, "at">): void {
    this.#progress = { ...progress, at: new Date().toISOString() };
    this.#wake.abort();
  }

  /** borg runs since this moment. */
  started(at: string): void {
    this.#startedAt = at;
    this.#wake.abort();
  }

  /** Ends the running reports; what they would have said belongs to the final one. */
  async settle(): Promise<{ log: LogLine[]; progress: Progress | undefined; startedAt: string | undefined }> {
    this.#stopped.abort();
    this.#wake.abort();
    await this.#sending;
    if (this.#unsent > 0)
      this.#lines.push(this.#line("warning", `${this.#unsent} further lines were not sent.`));
    return { log: this.#withDropNote(), progress: this.#progress, startedAt: this.#startedAt };
  }

  async #send(): Promise<void> {
    let failures = 0;
    while (!this.#stopped.signal.aborted) {
      await pause(HEARTBEAT_MS, this.#wake.signal);
      if (this.#stopped.signal.aborted) return;
      this.#wake = new AbortController();
      try {
        await this.#sendOnce();
        failures = 0;
        await pause(LEAST_GAP_MS, this.#stopped.signal);
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        if (!(error instanceof LinkError)) throw error;
        if (error.kind === "refused" && error.status !== null && [404, 409, 410].includes(error.status)) {
          this.#on.onGone(error.say);
          return;
        }
        failures++;
        const { retryAfterSeconds } = error;
        const wait = retryMs(failures, { mostMs: 30_000, retryAfterSeconds, random: Math.random() });
        await pause(wait, this.#stopped.signal);
        this.#wake.abort();
      }
    }
  }

  async #sendOnce(): Promise<void> {
    const log = nextLines(this.#withDropNote());
    const answer = await this.#link.post(
      `api/agent/v1/jobs/${this.#job.jobId}/report`,
      {
        protocol: PROTOCOL_VERSION,
        lease: this.#job.lease,
        state: "running",
        startedAt: this.#startedAt,
        progress: this.#progress,
        log,
      },
      reportResponse,
      { seconds: 30, signal: this.#stopped.signal },
    );
    const last = log.at(-1)?.sequence ?? 0;
    this.#lines = this.#lines.filter((line) => line.sequence > last);
    if (this.#lines.length > 0) this.#wake.abort();
    if (answer.cancel) this.#on.onCancel();
    // Our lease, but the server has ended the job for good: what borg still does is wanted by nobody.
    if (answer.acknowledged) this.#on.onGone("the server has ended it.");
  }

  #withDropNote(): LogLine[] {
    if (this.#dropped > 0) {
      this.#lines.push(
        this.#line(
          "warning",
          `${this.#dropped} older lines were dropped while the server could not be reached.`,
        ),
      );
      this.#dropped = 0;
    }
    return this.#lines;
  }

  #line(level: LogLine["level"], message: string): LogLine {
    this.#sequence++;
    return {
      sequence: this.#sequence,
      at: new Date().toISOString(),
      level,
      message: message.slice(0, LONGEST_LOG_LINE),
    };
  }
}

/** As many of the first lines as fit into one report. */
export function nextLines(lines: readonly LogLine[]): LogLine[] {
  let characters = 0;
  const fitting: LogLine[] = [];
  for (const line of lines.slice(0, MOST_LOG_LINES)) {
    characters += line.message.length + 100;
    if (characters > MOST_REPORT_CHARACTERS && fitting.length > 0) break;
    fitting.push(line);
  }
  return fitting;
}
