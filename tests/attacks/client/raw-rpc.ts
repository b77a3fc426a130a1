import { type ChildProcess, spawn } from "node:child_process";
import { bareEnvironment } from "~tests/support/run-program";
import { type Packable, pack, type Unpacked, unpack } from "./msgpack";

/** What a call came to: a result, borg's or the gate's exception, or the end of the connection. */
export type Reply =
  | { kind: "result"; value: Unpacked }
  | { kind: "exception"; name: string; say: string }
  | { kind: "closed"; say: string };

type Waiting = { resolve: (reply: Reply) => void };

/** A hand-written client of `borg serve`: calls in any order, in any shape, or plain bytes. */
export class RawRpc {
  readonly child: ChildProcess;
  #buffer = Buffer.alloc(0);
  #replies: Reply[] = [];
  #waiting: Waiting[] = [];
  #messageId = 0;
  #closed: Reply | null = null;
  #err = "";

  constructor(command: readonly string[], env: Record<string, string> = {}) {
    const [program = "", ...args] = command;
    this.child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: bareEnvironment(env) });
    this.child.setMaxListeners(0);
    this.child.stdin?.on("error", () => undefined);
    this.child.stdout?.on("data", (piece: Buffer) => this.#take(piece));
    this.child.stderr?.on("data", (piece) => {
      this.#err += String(piece);
    });
    this.child.once("close", (code) => {
      this.#closed = { kind: "closed", say: this.#err.trim().split("\n").at(-1) || `exit code ${code}` };
      for (const { resolve } of this.#waiting.splice(0)) resolve(this.#closed);
    });
  }

  /** Everything the far end printed beside the protocol. */
  get stderr(): string {
    return this.#err;
  }

  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** A message as borg's clients pack it; nothing is sent yet. */
  message(method: Packable, args: Packable = {}, messageId: Packable = ++this.#messageId): Buffer {
    return pack({ i: messageId, m: method, a: args });
  }

  write(...bytes: Buffer[]): void {
    if (this.child.stdin?.writable) this.child.stdin.write(Buffer.concat(bytes));
  }

  /** Hands these bytes to the far end and waits until they have left us. */
  async writeThrough(bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      if (!this.child.stdin?.writable) return resolve();
      this.child.once("close", () => resolve());
      this.child.stdin.write(bytes, () => resolve());
    });
  }

  send(method: Packable, args: Packable = {}): void {
    this.write(this.message(method, args));
  }

  /** Sends and waits for one reply. */
  call(method: Packable, args: Packable = {}): Promise<Reply> {
    this.send(method, args);
    return this.reply();
  }

  /** The next reply, whichever call it answers. `closed` also when nothing comes for so long. */
  reply(withinMs = 20_000): Promise<Reply> {
    const ready = this.#replies.shift() ?? this.#closed;
    if (ready) return Promise.resolve(ready);
    return new Promise((resolve) => {
      const waiting: Waiting = { resolve };
      this.#waiting.push(waiting);
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve({ kind: "closed", say: `no answer within ${withinMs / 1000} s` });
      }, withinMs);
      waiting.resolve = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
    });
  }

  /** Ends our side and waits until the far end has gone too. */
  async close(withinMs = 20_000): Promise<void> {
    this.child.stdin?.end();
    await this.#gone(withinMs);
  }

  /** As when the machine is switched off. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#gone(5000);
  }

  async #gone(withinMs: number) {
    if (this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.child.kill("SIGKILL");
      }, withinMs);
      this.child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #take(piece: Buffer) {
    this.#buffer = Buffer.concat([this.#buffer, piece]);
    for (let found = this.#next(); found !== null; found = this.#next()) {
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(found);
      else this.#replies.push(found);
    }
  }

  #next(): Reply | null {
    if (this.#buffer.length === 0) return null;
    const found = unpack(this.#buffer);
    if (!found) return null;
    this.#buffer = this.#buffer.subarray(found.end);
    return readReply(found.value);
  }
}

function readReply(value: Unpacked): Reply {
  // The old form: [1, id, exception name or null, result].
  if (Array.isArray(value))
    return value[2] === null
      ? { kind: "result", value: value[3] ?? null }
      : { kind: "exception", name: text(value[2]), say: text(value[3]) };
  if (!(value instanceof Map)) return { kind: "exception", name: "NotAReply", say: text(value) };
  const name = value.get("exception_class");
  if (name === undefined) return { kind: "result", value: value.get("r") ?? null };
  const short = value.get("exception_short");
  return {
    kind: "exception",
    name: text(name),
    say: Array.isArray(short) ? short.map(text).join(" ").trim() : text(short),
  };
}

function text(value: Unpacked | undefined): string {
  return Buffer.isBuffer(value) ? value.toString() : String(value);
}
