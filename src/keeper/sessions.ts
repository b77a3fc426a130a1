import { setTimeout as wait } from "node:timers/promises";
import { dropLeftLocks } from "./drop-left-locks";
import type { Release } from "./lease";
import { isAlive, markProcess, type ProcessMark, processesOfSession, signalProcess } from "./processes";
import { KeeperRefuses } from "./refusal";
import type { BeginRecord, OpenedRecord, SessionLedger } from "./session-ledger";
import { type AdmissionParts, admitSession, closeBoundary } from "./vault/admit-session";
import { keepTurn } from "./vault/client-quota";

/** A session is ended after this long: a hung client holds borg's lock for ever. A first backup of some ten terabytes fits. */
export const SESSION_LIMIT_SECONDS = 3 * 24 * 3600;

/** More at once than any agent needs; a client that opens sessions without end only hurts itself. */
const OPEN_SESSIONS_PER_CLIENT = 20;

/** Visitors of one client that are turned away and written down within an hour. */
const TURNED_AWAY_PER_HOUR = 300;
const HOUR_MS = 3_600_000;

/** The gate tells no more of one session (protocol/gate); a program that only pretends to be one could fill the disk with them. */
const REFUSED_CALLS_PER_SESSION = 100;

/** From the polite signal to SIGKILL: the gate passes it on, borg rolls back and drops its lock. */
const END_GRACE_MS = 20_000;

/** How soon an end that could not be written is tried again. */
const CLOSE_AGAIN_MS = 3_000;

type OpenSession = {
  sequence: number;
  clientId: string;
  startedAt: string;
  process: ProcessMark;
  endsAt: number;
  ending: Promise<void> | null;
  /** What the gate told before it closed its socket; null: cut off. */
  reported: EndGiven | null;
  /** It asked for a repository: settles when it was let in or turned away. */
  opening: Promise<unknown> | null;
  opened: { repositoryId: string; transactionBefore: number | null; release: Release } | null;
  /** Aborts when its processes are gone: nothing waits for it any more. */
  gone: AbortController;
  /** How many refused calls of it stand in the ledger. */
  refusedCalls: number;
};
type BeginGiven = { clientId: string; asked: string | null; peerAddress: string | null };
export type EndGiven = {
  bytesIn: number;
  bytesOut: number;
  exitCode: number | null;
  callsRefused?: number | undefined;
};

export type Opened = {
  /** Files with the ids of all objects that are stored now; empty for a session that only reads. */
  known: string[];
  mayPutBytes: number | null;
  /** False only where a test has switched the gate's filter off. */
  filter: boolean;
};

type Parts = AdmissionParts & { root: boolean; ledger: SessionLedger; now: () => Date };

/**
 * The sessions that are open now. A session has no lease until its borg opens a repository; then it keeps that one's until not one of
 * its processes is left, whatever the gate says: the borg of a killed gate may still be writing for a moment.
 */
export class Sessions {
  readonly #open = new Map<number, OpenSession>();
  readonly #parts: Parts;
  readonly #ledger: SessionLedger;
  readonly #now: () => Date;
  readonly #limitSeconds: number;
  readonly #watch: NodeJS.Timeout;
  /** When, by client. */
  readonly #turnedAway = new Map<string, number[]>();

  constructor(parts: Parts, limitSeconds: number) {
    this.#parts = parts;
    this.#ledger = parts.ledger;
    this.#now = parts.now;
    this.#limitSeconds = limitSeconds;
    this.#watch = setInterval(() => this.#endOverdue(), Math.min(limitSeconds * 250, 30_000));
  }

  /**
   * Takes over what an earlier keeper left behind. A session whose gate still runs is taken in again with its lease and its repository:
   * it passes data without us, and ending a healthy ten-hour backup would help nobody. Its numbers are lost; it ends when its processes
   * do. Every other one is closed as cut off; what it committed is read from the repository.
   */
  async adopt(): Promise<void> {
    for (const { begin, opened } of this.#ledger.openSessions()) {
      const process = begin.process;
      const alive = process ? await processesOfSession(process.session, process.uid) : [];
      if (!process || (alive.length === 0 && !(await isAlive(process)))) {
        const after = opened ? await this.#closeBoundary(begin.clientId, opened) : null;
        await this.#writeEnd(begin.sequence, null, after);
        if (opened) this.#dropLocks({ ...opened, clientId: begin.clientId, startedAt: begin.startedAt });
        continue;
      }
      const session = this.#enter(begin, process);
      if (opened) {
        const { repositoryId, writing, transactionBefore } = opened;
        const turn = writing ? keepTurn(this.#parts, begin.clientId) : () => undefined;
        const lease = this.#parts.leases.take(repositoryId, writing ? "write" : "read");
        const release = () => {
          lease();
          turn();
        };
        session.opened = { repositoryId, transactionBefore, release };
      }
      void this.#untilGone(session).then(() => this.#leave(session));
    }
  }

  /** Records a visitor that is turned away; of very many within an hour only the first, or they would fill the disk. */
  async refuse(given: BeginGiven, why: string): Promise<void> {
    const now = this.#now().getTime();
    const recent = (this.#turnedAway.get(given.clientId) ?? []).filter((at) => now - at < HOUR_MS);
    if (recent.length >= TURNED_AWAY_PER_HOUR) return;
    this.#turnedAway.set(given.clientId, [...recent, now]);
    await this.#ledger.begin({
      ...given,
      refused: why,
      process: null,
      startedAt: this.#now().toISOString(),
    });
  }

  /**
   * Lets a session in; it may read and write nothing until it opens a repository. `uid` is the account the gate must run as: the pid is
   * the gate's own word and we will signal it later. Refuses a wrong pid and too many sessions.
   */
  async begin(
    given: BeginGiven & { pid: number },
    uid: number,
  ): Promise<{ sequence: number; limitSeconds: number }> {
    const process = await markProcess(given.pid);
    if (!process || process.uid !== uid)
      throw new KeeperRefuses("bad-request", "the gate gave a process that is not its own.");
    if (this.#ofClient(given.clientId).length >= OPEN_SESSIONS_PER_CLIENT)
      throw new KeeperRefuses("bad-request", "this client has too many sessions open.");
    const { clientId, asked, peerAddress } = given;
    const begun = await this.#ledger.begin({
      ...{ clientId, asked, peerAddress, refused: null, process },
      startedAt: this.#now().toISOString(),
    });
    this.#enter(begun, process);
    return { sequence: begun.sequence, limitSeconds: this.#limitSeconds };
  }

  /**
   * The borg of a session opens its one repository. Waits as `admitSession` says, `waitSeconds` null: as long as the session lives. What
   * is written from now on is bounded: the last transaction of before is on disk when this resolves. Refuses `repository-held`,
   * `repository-locked` (borg's own words for it: lock timeout) and a second repository.
   */
  openRepository(
    sequence: number,
    wanted: { repositoryId: string; write: boolean; waitSeconds: number | null },
    signal: AbortSignal,
  ): Promise<Opened> {
    const session = this.#open.get(sequence);
    if (!session || session.ending) throw new KeeperRefuses("cancelled", "The session is over.");
    if (session.opening)
      throw new KeeperRefuses("bad-request", "A session opens one repository and opens it once.");
    const opening = this.#admit(session, wanted, AbortSignal.any([signal, session.gone.signal]));
    session.opening = opening.catch(() => undefined);
    return opening;
  }

  async #admit(
    session: OpenSession,
    {
      repositoryId,
      write,
      waitSeconds,
    }: { repositoryId: string; write: boolean; waitSeconds: number | null },
    signal: AbortSignal,
  ): Promise<Opened> {
    const { sequence, clientId } = session;
    const waitMs = waitSeconds === null ? Number.POSITIVE_INFINITY : waitSeconds * 1000;
    const { release, transactionBefore, known, mayPutBytes } = await admitSession(
      this.#parts,
      { clientId, repositoryId, write, waitMs },
      signal,
    );
    session.opened = { repositoryId, transactionBefore, release };
    await this.#ledger.opened({ sequence, repositoryId, writing: write, transactionBefore });
    return { known, mayPutBytes, filter: this.#parts.layers.gate };
  }

  /** Evidence for the ledger: the gate refused a call of this session. */
  async noteRefusedCall(sequence: number, given: { call: string; say: string }): Promise<void> {
    const session = this.#open.get(sequence);
    if (!session || session.refusedCalls >= REFUSED_CALLS_PER_SESSION) return;
    session.refusedCalls++;
    await this.#ledger.callRefused(sequence, given);
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

  /** Ends the sessions that are in a parcel, and waits until none of their processes is left. */
  async endReaders(parcelId: string): Promise<void> {
    const readers = [...this.#open.values()].filter(({ opened }) => opened?.repositoryId === parcelId);
    await Promise.all(readers.map((session) => this.#end(session)));
  }

  /** How many sessions of a client are open. */
  countOf(clientId: string): number {
    return this.#ofClient(clientId).length;
  }

  stop(): void {
    clearInterval(this.#watch);
  }

  #ofClient(clientId: string): OpenSession[] {
    return [...this.#open.values()].filter((session) => session.clientId === clientId);
  }

  #enter(record: BeginRecord, process: ProcessMark): OpenSession {
    const session: OpenSession = {
      ...{ sequence: record.sequence, clientId: record.clientId, startedAt: record.startedAt, process },
      ...{ ending: null, reported: null, opening: null, opened: null, gone: new AbortController() },
      refusedCalls: 0,
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

  /**
   * The boundary is on disk before the lease is free. When it cannot be written (a full disk) the lease stays taken until it can: a
   * commit without a boundary would look like somebody else's.
   */
  async #leave(session: OpenSession) {
    if (!this.#open.delete(session.sequence)) return;
    session.gone.abort();
    await session.opening;
    try {
      await this.#closeSession(session);
    } catch (error) {
      console.error(`session ${session.sequence} could not be closed and is tried again:`, error);
      void this.#closeLater(session);
    }
  }

  async #closeLater(session: OpenSession) {
    for (;;) {
      await wait(CLOSE_AGAIN_MS);
      try {
        return await this.#closeSession(session);
      } catch {
        // Said once already; a full disk stays full for a while.
      }
    }
  }

  async #closeSession(session: OpenSession) {
    const { opened } = session;
    const after = opened ? await this.#closeBoundary(session.clientId, { ...session, ...opened }) : null;
    await this.#writeEnd(session.sequence, session.reported, after);
    opened?.release();
    if (opened && session.reported?.exitCode !== 0) this.#dropLocks({ ...session, ...opened });
    this.#parts.audits.leaseIsFree();
    this.#parts.audits.clientLeft(session.clientId);
  }

  /** Of a session that was cut off. Nobody waits for it: what it could not do, the next borg does. */
  #dropLocks({ startedAt, ...ids }: { clientId: string; repositoryId: string; startedAt: string }): void {
    dropLeftLocks(this.#parts, ids, new Date(startedAt)).catch((error: unknown) =>
      console.error("a lock that was left behind could not be removed:", error),
    );
  }

  async #closeBoundary(
    clientId: string,
    {
      sequence,
      repositoryId,
      transactionBefore,
    }: Pick<OpenedRecord, "sequence" | "repositoryId" | "transactionBefore">,
  ): Promise<number | null> {
    if (transactionBefore === null) return null;
    return closeBoundary(this.#parts, { clientId, sequence, repositoryId, transactionBefore });
  }

  async #writeEnd(sequence: number, reported: EndGiven | null, transactionAfter: number | null) {
    await this.#ledger.end({
      ...{ sequence, endedAt: this.#now().toISOString(), transactionAfter },
      bytesIn: reported?.bytesIn ?? null,
      bytesOut: reported?.bytesOut ?? null,
      exitCode: reported?.exitCode ?? null,
      callsRefused: reported?.callsRefused ?? 0,
    });
  }

  #endOverdue() {
    const now = this.#now().getTime();
    for (const session of this.#open.values()) if (session.endsAt <= now) void this.#end(session);
  }
}
