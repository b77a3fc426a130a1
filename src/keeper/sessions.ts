import { setTimeout as wait } from "node:timers/promises";
import type { Leases } from "./lease";
import { isAlive, markProcess, type ProcessMark, processesOfSession, signalProcess } from "./processes";
import { KeeperRefuses } from "./refusal";
import type { BeginRecord, SessionLedger } from "./session-ledger";

/** A session is ended after this long: a hung client holds borg's lock for ever. A first backup of some ten terabytes fits. */
export const SESSION_LIMIT_SECONDS = 3 * 24 * 3600;

/** More at once than any agent needs; a client that opens sessions without end only hurts itself. */
const OPEN_SESSIONS_PER_CLIENT = 20;

/** From the polite signal to SIGKILL: the gate passes it on, borg rolls back and drops its lock. */
const END_GRACE_MS = 20_000;

type OpenSession = {
  sequence: number;
  clientId: string;
  process: ProcessMark;
  endsAt: number;
  ending: Promise<void> | null;
  /** What the gate told before it closed its socket; null: cut off. */
  reported: EndGiven | null;
  release: () => void;
};
type BeginGiven = { clientId: string; asked: string | null; peerAddress: string | null };
export type EndGiven = { bytesIn: number; bytesOut: number; exitCode: number | null };

/**
 * The sessions that are open now. Each shares the leases of all repositories of its client until not one of its processes is
 * left, whatever the gate says: the borg of a killed gate may still be writing for a moment.
 */
export class Sessions {
  readonly #open = new Map<number, OpenSession>();
  readonly #ledger: SessionLedger;
  readonly #leases: Leases;
  readonly #now: () => Date;
  readonly #limitSeconds: number;
  readonly #watch: NodeJS.Timeout;

  constructor(ledger: SessionLedger, leases: Leases, now: () => Date, limitSeconds: number) {
    this.#ledger = ledger;
    this.#leases = leases;
    this.#now = now;
    this.#limitSeconds = limitSeconds;
    this.#watch = setInterval(() => this.#endOverdue(), Math.min(limitSeconds * 250, 30_000));
  }

  /**
   * Takes over what an earlier keeper left behind. A session whose gate still runs is taken in again with its lease: it passes data
   * without us, and ending a healthy ten-hour backup would help nobody. Its numbers are lost; it ends when its processes do.
   * Every other one is closed as cut off.
   */
  async adopt(repositoriesOf: (clientId: string) => string[]): Promise<void> {
    for (const left of this.#ledger.openSessions()) {
      const process = left.process;
      const alive = process ? await processesOfSession(process.session, process.uid) : [];
      if (!process || (alive.length === 0 && !(await isAlive(process)))) {
        await this.#writeEnd(left.sequence, null);
        continue;
      }
      const release = await this.#leases.share(repositoriesOf(left.clientId), new AbortController().signal);
      const session = this.#enter(left, process, release);
      void this.#untilGone(session).then(() => this.#leave(session));
    }
  }

  /** Records a visitor that is turned away. */
  async refuse(given: BeginGiven, why: string): Promise<void> {
    await this.#ledger.begin({
      ...given,
      refused: why,
      process: null,
      startedAt: this.#now().toISOString(),
    });
  }

  /**
   * Lets a session in: waits for the leases, then writes the start. `uid` is the account the gate must run as: the pid is the gate's
   * own word and we will signal it later. Refuses a wrong pid and too many sessions.
   */
  async begin(
    given: BeginGiven & { pid: number },
    uid: number,
    repositoryIds: readonly string[],
    signal: AbortSignal,
  ): Promise<{ sequence: number; limitSeconds: number }> {
    const process = await markProcess(given.pid);
    if (!process || process.uid !== uid)
      throw new KeeperRefuses("bad-request", "the gate gave a process that is not its own.");
    if (this.#ofClient(given.clientId).length >= OPEN_SESSIONS_PER_CLIENT)
      throw new KeeperRefuses("bad-request", "this client has too many sessions open.");
    const release = await this.#leases.share(repositoryIds, signal);
    try {
      const { clientId, asked, peerAddress } = given;
      const begun = await this.#ledger.begin({
        ...{ clientId, asked, peerAddress, refused: null, process },
        startedAt: this.#now().toISOString(),
      });
      this.#enter(begun, process, release);
      return { sequence: begun.sequence, limitSeconds: this.#limitSeconds };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The gate's socket has closed. `reported` is null when it said nothing before: cut off. */
  async finish(sequence: number, reported: EndGiven | null): Promise<void> {
    const session = this.#open.get(sequence);
    if (!session) return;
    session.reported = reported;
    await this.#untilGone(session, END_GRACE_MS);
    await this.#leave(session);
  }

  /** Ends every open session of a client and waits until none of their processes is left. Returns how many there were. */
  async endAll(clientId: string): Promise<number> {
    const sessions = this.#ofClient(clientId);
    await Promise.all(sessions.map((session) => this.#end(session)));
    return sessions.length;
  }

  stop(): void {
    clearInterval(this.#watch);
  }

  #ofClient(clientId: string): OpenSession[] {
    return [...this.#open.values()].filter((session) => session.clientId === clientId);
  }

  #enter(record: BeginRecord, process: ProcessMark, release: () => void): OpenSession {
    const session = {
      ...{
        sequence: record.sequence,
        clientId: record.clientId,
        process,
        release,
        ending: null,
        reported: null,
      },
      endsAt: Date.parse(record.startedAt) + this.#limitSeconds * 1000,
    };
    this.#open.set(session.sequence, session);
    return session;
  }

  #end(session: OpenSession): Promise<void> {
    session.ending ??= (async () => {
      await signalProcess(session.process, "SIGTERM");
      await this.#untilGone(session, END_GRACE_MS);
      // The gate's last words are read right after its process is gone.
      await wait(100);
      await this.#leave(session);
    })();
    return session.ending;
  }

  /** Resolves when no process of the session is left; after `killAfterMs` those that are get SIGKILL. */
  async #untilGone(session: OpenSession, killAfterMs = Number.POSITIVE_INFINITY) {
    const { session: kernelSession, uid } = session.process;
    for (let waitedMs = 0, step = 20; ; waitedMs += step, step = Math.min(step * 2, 1000)) {
      const left = await processesOfSession(kernelSession, uid);
      if (left.length === 0) return;
      if (waitedMs >= killAfterMs) await Promise.all(left.map((one) => signalProcess(one, "SIGKILL")));
      await wait(step);
    }
  }

  async #leave(session: OpenSession) {
    if (!this.#open.delete(session.sequence)) return;
    session.release();
    await this.#writeEnd(session.sequence, session.reported);
  }

  async #writeEnd(sequence: number, reported: EndGiven | null) {
    await this.#ledger.end({
      sequence,
      endedAt: this.#now().toISOString(),
      bytesIn: reported?.bytesIn ?? null,
      bytesOut: reported?.bytesOut ?? null,
      exitCode: reported?.exitCode ?? null,
    });
  }

  #endOverdue() {
    const now = this.#now().getTime();
    for (const session of this.#open.values()) if (session.endsAt <= now) void this.#end(session);
  }
}
