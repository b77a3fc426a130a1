import { isTailByte, type RpcCall, readCall, TAIL_BYTES } from "./rpc-call";
import { RpcMalformed } from "./rpc-value";

/** `pass`: goes on unchanged. `drop`: goes nowhere. `wait`: nothing goes on until `resume`, then the same call is asked about again. */
export type CallVerdict = "pass" | "drop" | "wait";

/**
 * Takes a client's bytes as they come, asks about each call as soon as its head is there, and gives back what may go on: pieces of the
 * chunks that came, not copies, calls that follow each other in one piece. The data of a `put` flows through (or is dropped) without
 * being gathered, so a call of 20 MiB needs no more memory than a small one. Throws RpcMalformed; then it must not be used again.
 */
export class CallStream {
  readonly #judge: (call: RpcCall) => CallVerdict;
  /** What has come and is not judged yet: a call whose head is cut, or all behind one that waits. */
  #unjudged: Buffer[] = [];
  #isWaiting = false;
  #isJudging = true;
  /** Bytes of the call under way behind its head: data, then the tail. */
  #dataLeft = 0;
  #tailLeft = 0;
  #isDropping = false;

  constructor(judge: (call: RpcCall) => CallVerdict) {
    this.#judge = judge;
  }

  /** Bytes that are kept because a call waits. */
  get waitingBytes(): number {
    return this.#isWaiting ? this.#unjudged.reduce((sum, chunk) => sum + chunk.length, 0) : 0;
  }

  push(chunk: Buffer): Buffer[] {
    if (!this.#isJudging) return [chunk];
    this.#unjudged.push(chunk);
    return this.#isWaiting ? [] : this.#go();
  }

  resume(): Buffer[] {
    this.#isWaiting = false;
    return this.#go();
  }

  /** Asks no more: what waits and all that comes goes on as it is. */
  letAllPass(): Buffer[] {
    this.#isJudging = false;
    return this.#unjudged.splice(0);
  }

  #go(): Buffer[] {
    const [first = Buffer.alloc(0)] = this.#unjudged;
    const buffer = this.#unjudged.length > 1 ? Buffer.concat(this.#unjudged) : first;
    this.#unjudged = [];
    const passed: Buffer[] = [];
    let from = 0;
    let at = 0;
    const passOnUntilHere = () => {
      if (at > from) passed.push(buffer.subarray(from, at));
      from = at;
    };
    while (at < buffer.length) {
      if (this.#dataLeft > 0) {
        const here = Math.min(this.#dataLeft, buffer.length - at);
        this.#dataLeft -= here;
        at += here;
        if (this.#isDropping) from = at;
        continue;
      }
      if (this.#tailLeft > 0) {
        if (!isTailByte(TAIL_BYTES - this.#tailLeft, buffer[at] ?? 0))
          throw new RpcMalformed("a call goes on after its data.");
        this.#tailLeft--;
        at++;
        if (this.#isDropping) from = at;
        continue;
      }
      const call = readCall(buffer, at);
      const verdict = call ? this.#judge(call) : "wait";
      if (verdict !== "pass") passOnUntilHere();
      if (!call || verdict === "wait") {
        this.#isWaiting = call !== null;
        this.#unjudged = [buffer.subarray(at)];
        return passed;
      }
      at += call.headBytes;
      this.#dataLeft = call.dataBytes ?? 0;
      this.#tailLeft = call.tailBytes;
      this.#isDropping = verdict === "drop";
      if (this.#isDropping) from = at;
    }
    passOnUntilHere();
    return passed;
  }
}
