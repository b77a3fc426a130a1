import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { GateSession } from "./contract/accounts";

const begin = z.object({
  event: z.literal("begin"),
  sequence: z.number().int().positive(),
  clientId: z.string(),
  peerAddress: z.string().nullable(),
  startedAt: z.string(),
  asked: z.string().nullable(),
  /** Not null: it was turned away and is over. */
  refused: z.string().nullable(),
  process: z
    .object({ pid: z.number(), uid: z.number(), session: z.number(), startedTicks: z.number() })
    .nullable(),
});
/** It opened a repository. On disk before the gate may go on: from here on the boundary of what it writes is known. */
const opened = z.object({
  event: z.literal("opened"),
  sequence: z.number().int().positive(),
  repositoryId: z.string(),
  writing: z.boolean(),
  /** Null for a session that only reads. */
  transactionBefore: z.number().int().nullable(),
});
const callRefused = z.object({
  event: z.literal("call-refused"),
  sequence: z.number().int().positive(),
  call: z.string(),
  say: z.string(),
});
const end = z.object({
  event: z.literal("end"),
  sequence: z.number().int().positive(),
  endedAt: z.string(),
  /** Null: the gate did not tell, because it was cut off. */
  bytesIn: z.number().nullable(),
  bytesOut: z.number().nullable(),
  exitCode: z.number().nullable(),
  transactionAfter: z.number().int().nullable().default(null),
  callsRefused: z.number().int().default(0),
});
const record = z.discriminatedUnion("event", [begin, opened, callRefused, end]);
type Line = z.output<typeof record>;
export type BeginRecord = z.output<typeof begin>;
export type OpenedRecord = z.output<typeof opened>;
export type EndRecord = z.output<typeof end>;

/** Sessions kept in memory; older ones are read from the file when someone asks for them. */
const REMEMBERED = 5_000;

/** Refused calls that a session's entry shows; the number of all stands beside them. */
const SHOWN_CALLS = 20;

/** `endedAfter`: how many sessions had begun when this one's end was written, so that a reader who knew those learns of it. */
type Entry = {
  session: GateSession;
  begin: BeginRecord;
  opened: OpenedRecord | null;
  endedAfter: number | null;
};

/**
 * Who was let in and turned away, when, and how much passed: one JSON line per event in `keeper/sessions.ndjson`, readable by the keeper
 * only, on disk before the gate gets its answer. A line that a power cut or a full disk tore is dropped: by the next one, or at the next start.
 */
export class SessionLedger {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #recent = new Map<number, Entry>();
  #last = 0;
  /** Bytes that are whole lines, and known to be on disk. */
  #whole: number;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle, whole: number) {
    this.#path = path;
    this.#file = file;
    this.#whole = whole;
  }

  static async open(path: string): Promise<SessionLedger> {
    const file = await open(path, "a+", 0o600);
    const ledger = new SessionLedger(path, file, await dropTornLine(file));
    for await (const entry of readEntries(path)) ledger.#remember(entry);
    return ledger;
  }

  /** Sessions without an end: after a crash of the keeper they may still be running. */
  openSessions(): { begin: BeginRecord; opened: OpenedRecord | null }[] {
    return [...this.#recent.values()].filter((entry) => entry.session.endedAt === null);
  }

  /** One of the remembered sessions; null for older and unknown ones. */
  find(sequence: number): GateSession | null {
    return this.#recent.get(sequence)?.session ?? null;
  }

  /** Writes the start (or the refusal) and gives it the next number. On disk when this resolves. */
  begin(given: Omit<BeginRecord, "event" | "sequence">): Promise<BeginRecord> {
    return this.#append(() => ({ event: "begin" as const, sequence: this.#last + 1, ...given }));
  }

  /** Writes which repository a session opened. On disk when this resolves. */
  async opened(given: Omit<OpenedRecord, "event">): Promise<void> {
    await this.#append(() => ({ event: "opened" as const, ...given }));
  }

  /** Writes that a call of an open session was refused. */
  async callRefused(sequence: number, { call, say }: { call: string; say: string }): Promise<void> {
    if (this.#recent.get(sequence)?.session.endedAt !== null) return;
    await this.#append(() => ({ event: "call-refused" as const, sequence, call, say }));
  }

  /** Writes the end. A second end of the same session is ignored. */
  async end(given: Omit<EndRecord, "event">): Promise<void> {
    if (this.#recent.get(given.sequence)?.session.endedAt !== null) return;
    await this.#append(() => ({ event: "end" as const, ...given }));
  }

  /**
   * Sessions from a number on, oldest first, at most `limit`. Before them come those with a lower number that ended after session
   * `fromSequence - 1` had begun: a reader who asks from its highest number plus one misses neither a start nor an end.
   */
  async list(fromSequence: number, limit: number): Promise<GateSession[]> {
    await this.#writing;
    const found: GateSession[] = [];
    const oldest = this.#recent.keys().next().value ?? 1;
    const source = fromSequence - 1 < oldest && oldest > 1 ? await this.#all() : [...this.#recent.values()];
    for (const { session, endedAfter } of source) {
      const isNews = session.sequence >= fromSequence || (endedAfter ?? 0) >= Math.max(1, fromSequence - 1);
      if (isNews) found.push(session);
      if (found.length === limit) break;
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #all(): Promise<Entry[]> {
    const entries = new Map<number, Entry>();
    let last = 0;
    for await (const line of readEntries(this.#path)) last = applyRecord(entries, line, last);
    return [...entries.values()];
  }

  #remember(line: Line) {
    this.#last = applyRecord(this.#recent, line, this.#last);
    for (const [sequence, entry] of this.#recent) {
      if (this.#recent.size <= REMEMBERED || entry.session.endedAt === null) break;
      this.#recent.delete(sequence);
    }
  }

  #append<R extends Line>(make: () => R): Promise<R> {
    const written = this.#writing.then(async () => {
      const line = make();
      const text = Buffer.from(`${JSON.stringify(line)}\n`);
      await this.#dropHalf();
      try {
        await this.#file.appendFile(text);
        await this.#file.datasync();
      } catch (problem) {
        // A full disk took a part of it. The next line would stand on the same one.
        await this.#dropHalf().catch(() => undefined);
        throw problem;
      }
      this.#whole += text.length;
      this.#remember(line);
      return line;
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #dropHalf(): Promise<void> {
    if ((await this.#file.stat()).size > this.#whole) await this.#file.truncate(this.#whole);
  }
}

function applyRecord(entries: Map<number, Entry>, line: Line, last: number): number {
  if (line.event === "begin") {
    const { sequence, clientId, peerAddress, startedAt, refused } = line;
    const endedAt = refused === null ? null : startedAt;
    entries.set(sequence, {
      ...{ begin: line, opened: null, endedAfter: null },
      session: {
        ...{ sequence, clientId, peerAddress, startedAt, endedAt, refused },
        ...{ bytesIn: null, bytesOut: null, exitCode: null, repositoryId: null, writing: false },
        ...{ transactionBefore: null, transactionAfter: null, callsRefused: 0, refusedCalls: [] },
      },
    });
    return sequence;
  }
  const entry = entries.get(line.sequence);
  if (!entry) return last;
  if (line.event === "opened") {
    const { repositoryId, writing, transactionBefore } = line;
    entry.opened = line;
    entry.session = { ...entry.session, repositoryId, writing, transactionBefore };
  } else if (line.event === "call-refused") {
    const { callsRefused, refusedCalls } = entry.session;
    const shown = [...refusedCalls, { call: line.call, say: line.say }].slice(0, SHOWN_CALLS);
    entry.session = { ...entry.session, callsRefused: callsRefused + 1, refusedCalls: shown };
  } else {
    const { endedAt, bytesIn, bytesOut, exitCode, transactionAfter } = line;
    const callsRefused = Math.max(line.callsRefused, entry.session.callsRefused);
    entry.session = {
      ...entry.session,
      ...{ endedAt, bytesIn, bytesOut, exitCode, transactionAfter, callsRefused },
    };
    entry.endedAfter = last;
  }
  return last;
}

async function* readEntries(path: string): AsyncGenerator<Line> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const text of lines) {
    if (text === "") continue;
    const line = readLine(text);
    if (line) yield line;
    else
      console.error(`a line of the session ledger cannot be read and is passed over: ${text.slice(0, 200)}`);
  }
}

/** Null: a damaged line. What it told is missing then, so an audit takes what that session wrote for nobody's. */
function readLine(text: string): Line | null {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Answers the bytes that are left. */
async function dropTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, 4096));
  await file.read(tail, 0, tail.length, size - tail.length);
  const afterNewline = tail.lastIndexOf(10) + 1;
  const whole = size - tail.length + afterNewline;
  if (whole < size) await file.truncate(whole);
  return whole;
}
