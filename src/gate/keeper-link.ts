import { connect, type Socket } from "node:net";
import type { OpenWish } from "./rpc-rules";

/** The gate's half of src/protocol/gate.ts. Typed by hand: Zod would double the gate's start time, and the keeper checks every field. */
export type Allowed = { borg: string; home: string; paths: string[] };
export type Begin = { asked: string | null; refused: string | null; peerAddress: string | null; pid: number };
export type End = { bytesIn: number; bytesOut: number; exitCode: number | null; callsRefused: number };
/** `filter` false: a test has switched this layer off. */
export type Opened = { known: string[]; mayPutBytes: number | null; filter: boolean };

/** Longest wait for the keeper's first answer. */
const ANSWER_WITHIN_MS = 60_000;

/** The keeper answers an `open` when the repository is free or the wait is over; so much later it is not there any more. */
const OPEN_GRACE_MS = 15 * 60 * 1000;

const MAX_LINE_CHARACTERS = 1024 * 1024;

/** The keeper said no; the message is its sentence. `busy`: the wait was too short. `full`: the client's quota is used. */
export class KeeperSaysNo extends Error {
  readonly why: "busy" | "full" | "other";
  constructor(say: string, why: KeeperSaysNo["why"] = "other") {
    super(say);
    this.why = why;
  }
}

/** One conversation with the keeper, for as long as the session lives: its closing is the session's end. */
export class KeeperLink {
  readonly allowed: Allowed;
  readonly #line: Line;

  constructor(allowed: Allowed, line: Line) {
    this.allowed = allowed;
    this.#line = line;
  }

  /** Asks for the repository that the client's borg opens. Rejects with KeeperSaysNo, or for any other reason when the keeper is away. */
  async open(wish: OpenWish): Promise<Opened> {
    const waitMs = wish.waitSeconds === null ? null : wish.waitSeconds * 1000 + OPEN_GRACE_MS;
    return readOpened(await this.#line.ask({ open: wish }, waitMs));
  }

  noteRefused(call: string, say: string): void {
    this.#line.tell({ refused: { call: call.slice(0, 40), say: say.slice(0, 300) } });
  }

  end(report: End): Promise<void> {
    return this.#line.end({ end: report });
  }
}

/**
 * Announces the session and waits for the keeper's word. Fails closed: no socket, no answer or an answer we do not understand is a
 * rejection.
 */
export async function announceSession(socketPath: string, begin: Begin): Promise<KeeperLink> {
  const line = await Line.connect(socketPath);
  try {
    return new KeeperLink(readAllowed(await line.ask({ begin }, ANSWER_WITHIN_MS)), line);
  } catch (error) {
    line.close();
    throw error;
  }
}

/** JSON lines over the socket: one question at a time. */
class Line {
  readonly #socket: Socket;
  #text = "";
  #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void } | null = null;

  static connect(socketPath: string): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(socketPath);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Line(socket));
      });
    });
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => this.#read(piece));
    // A dead keeper is no reason to end a healthy backup: it finds the session again by its process. Only a question fails by it.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#fail("the keeper closed the connection"));
  }

  /** `withinMs` null: as long as it takes. */
  async ask(question: object, withinMs: number | null): Promise<unknown> {
    if (this.#socket.destroyed) throw new Error("the keeper is not there any more");
    const limit = withinMs === null ? undefined : setTimeout(() => this.#fail("no answer"), withinMs);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.tell(question);
      });
    } finally {
      clearTimeout(limit);
    }
  }

  tell(what: object): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(what)}\n`);
  }

  end(last: object): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.end(`${JSON.stringify(last)}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: string) {
    this.#text += piece;
    const end = this.#text.indexOf("\n");
    if (end < 0 && this.#text.length <= MAX_LINE_CHARACTERS) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    try {
      const answer: unknown = JSON.parse(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 1);
      waiting?.resolve(answer);
    } catch (error) {
      waiting?.reject(new Error("the keeper's answer was not understood", { cause: error }));
    }
  }

  #fail(why: string) {
    this.#waiting?.reject(new Error(why));
    this.#waiting = null;
  }
}

function readAllowed(answer: unknown): Allowed {
  if (isRecord(answer) && typeof answer.refuse === "string") throw new KeeperSaysNo(answer.refuse);
  const allow = isRecord(answer) ? answer.allow : undefined;
  if (
    isRecord(allow) &&
    typeof allow.borg === "string" &&
    typeof allow.home === "string" &&
    Array.isArray(allow.repositories)
  ) {
    const paths = allow.repositories.map((entry: unknown) =>
      isRecord(entry) && typeof entry.path === "string" ? entry.path : "",
    );
    // An empty list would be a `borg serve` without any restriction.
    if (paths.length > 0 && paths.every((path) => path.startsWith("/")))
      return { borg: allow.borg, home: allow.home, paths };
  }
  throw new Error("the keeper's answer was not understood");
}

function readOpened(answer: unknown): Opened {
  const denied = isRecord(answer) ? answer.denied : undefined;
  if (isRecord(denied) && typeof denied.say === "string")
    throw new KeeperSaysNo(
      denied.say,
      denied.code === "busy" || denied.code === "full" ? denied.code : "other",
    );
  const opened = isRecord(answer) ? answer.opened : undefined;
  if (isRecord(opened) && Array.isArray(opened.known)) {
    const { known, mayPutBytes, filter } = opened;
    const isQuota = mayPutBytes === null || typeof mayPutBytes === "number";
    if (known.every((path) => typeof path === "string") && isQuota)
      return { known, mayPutBytes, filter: filter !== false };
  }
  throw new Error("the keeper's answer was not understood");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
