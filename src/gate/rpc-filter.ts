import type { RpcCall } from "~/borg/rpc-call";
import { CallStream, type CallVerdict } from "~/borg/rpc-call-stream";
import { isResult, packException } from "~/borg/rpc-reply";
import { ReplyStream } from "~/borg/rpc-reply-stream";
import { RpcMalformed } from "~/borg/rpc-value";
import { KeeperSaysNo, type Opened } from "./keeper-link";
import { KnownObjects } from "./known-objects";
import { type CallRefusal, deniedByKeeper, fullByKeeper, lockTimeout } from "./rpc-refusals";
import { type OpenWish, RpcRules } from "./rpc-rules";

/** Refused calls that are told to the keeper one by one; the rest is only counted. */
const TOLD_ONE_BY_ONE = 100;

export type FilterPorts = {
  home: string;
  paths: readonly string[];
  /** The keeper's word on a repository; rejects with KeeperSaysNo. */
  askKeeper: (wish: OpenWish) => Promise<Opened>;
  noteRefused: (call: string, say: string) => void;
  toBorg: (pieces: readonly Buffer[]) => void;
  toClient: (pieces: readonly Buffer[]) => void;
  /** What was waiting goes on: bytes may be taken again. */
  movedOn: () => void;
  /** The session cannot go on; the sentence is for the person. */
  fail: (say: string) => void;
};

/** Both directions of one session: a client's calls to borg as far as the rules let them, borg's replies back with ours between. */
export class RpcFilter {
  readonly #ports: FilterPorts;
  readonly #rules: RpcRules;
  readonly #calls = new CallStream((call) => this.#judge(call));
  readonly #replies = new ReplyStream();
  #known: KnownObjects | null = null;
  #refused = 0;

  constructor(ports: FilterPorts) {
    this.#ports = ports;
    this.#rules = new RpcRules(ports.home, ports.paths);
  }

  get callsRefused(): number {
    return this.#refused;
  }

  /** Bytes that cannot go on for now. */
  get waitingBytes(): number {
    return this.#calls.waitingBytes + this.#replies.waitingBytes;
  }

  fromClient(chunk: Buffer): void {
    this.#passOn(() => this.#calls.push(chunk));
  }

  fromBorg(chunk: Buffer): void {
    this.#ports.toClient(this.#replies.push(chunk));
  }

  close(): void {
    this.#known?.close();
    this.#known = null;
  }

  #judge(call: RpcCall): CallVerdict {
    const judgement = this.#rules.judge(call);
    switch (judgement.do) {
      case "pass":
      case "wait":
        return judgement.do;
      case "passWatched":
        this.#replies.watchNext((message) => {
          const isDone = message !== null && isResult(message);
          // Not at once: the message itself has to be on its way before a reply of ours may follow it.
          queueMicrotask(() => {
            this.#rules.answered(isDone);
            this.#goOn();
          });
        });
        return "pass";
      case "ask":
        void this.#ask(judgement.wish);
        return "wait";
      case "refuse":
        this.#refuse(call, judgement.refusal);
        return "drop";
    }
  }

  async #ask(wish: OpenWish) {
    try {
      const { known, mayPutBytes, filter } = await this.#ports.askKeeper(wish);
      if (!filter) return this.#letAllPass();
      const objects = new KnownObjects(known);
      this.#known = objects;
      this.#rules.granted({ isKnown: (id) => objects.has(id), mayPutBytes }, wish.write);
    } catch (error) {
      this.#rules.denied(refusalOf(error, wish));
    }
    this.#goOn();
  }

  #letAllPass() {
    this.#passOn(() => this.#calls.letAllPass());
    this.#ports.movedOn();
  }

  #goOn() {
    this.#passOn(() => this.#calls.resume());
    this.#ports.movedOn();
  }

  #passOn(take: () => readonly Buffer[]) {
    try {
      this.#ports.toBorg(take());
    } catch (error) {
      const say =
        error instanceof RpcMalformed
          ? `what came is not borg's: ${error.message}`
          : "the storage service has a fault; tell its administrator.";
      this.#note("malformed", say);
      this.#ports.fail(say);
    }
  }

  #refuse(call: RpcCall, refusal: CallRefusal) {
    if (!refusal.byKeeper) this.#note(call.method, refusal.say);
    this.#ports.toClient(this.#replies.insert(packException({ id: call.id, ...refusal })));
  }

  #note(call: string, say: string) {
    this.#refused++;
    if (this.#refused <= TOLD_ONE_BY_ONE) this.#ports.noteRefused(call, say);
  }
}

function refusalOf(error: unknown, wish: OpenWish): CallRefusal {
  if (!(error instanceof KeeperSaysNo))
    return deniedByKeeper("the storage service does not answer; try again in a minute.");
  if (error.why === "busy") return lockTimeout(wish.path);
  return error.why === "full" ? fullByKeeper(error.message) : deniedByKeeper(error.message);
}
