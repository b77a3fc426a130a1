import { describe, expect, it } from "vitest";
import { problemOf } from "./messages";
import type { BorgEnd } from "./run";

const ended = (exitCode: number | null, log: BorgEnd["log"] = [], more: Partial<BorgEnd> = {}): BorgEnd => ({
  exitCode,
  killedBy: null,
  stopped: null,
  stdout: Buffer.alloc(0),
  log,
  ...more,
});
const error = (msgid: string | null, message: string) => ({
  type: "log_message" as const,
  levelname: "ERROR",
  message,
  msgid,
});

describe("problemOf", () => {
  it.each([[0], [1], [100], [105], [107]])("sees no problem in exit code %i", (code) => {
    expect(problemOf(ended(code))).toBeNull();
  });

  it("decides by the message id, whatever the exit code is", () => {
    const log = [error("LockTimeout", "Failed to create/acquire the lock x (timeout).")];
    expect(problemOf(ended(2, log))?.code).toBe("repository-locked");
    expect(problemOf(ended(73, log))?.code).toBe("repository-locked");
  });

  it("knows a full disk by the lock that cannot be made on it", () => {
    const say = "Failed to create/acquire the lock /r/lock.exclusive ([Errno 28] No space left on device).";
    const log = [error("LockFailed", say)];
    expect(problemOf(ended(2, log))).toEqual({ code: "disk-full", say });
    const traceback = "OSError: [Errno 28] No space left on device: '/r/lock.exclusive'";
    expect(problemOf(ended(2, [error("LockError", `Traceback\n${traceback}`)]))?.say).toBe(traceback);
  });

  it("takes the cause, not the consequence that follows it", () => {
    const log = [error("Repository.StorageQuotaExceeded", "quota"), error("ConnectionClosed", "closed")];
    expect(problemOf(ended(2, log))?.code).toBe("quota-exceeded");
  });

  it.each([
    ["OSError: [Errno 28] No space left on device: '/x'", "disk-full"],
    ["Remote: Permission denied (publickey).", "access-refused"],
    ["ssh: connect to host a port 2: Connection refused", "connection-lost"],
    ["BrokenPipeError: [Errno 32] Broken pipe", "connection-lost"],
    ["Host key verification failed.", "host-key-wrong"],
    ["borg create: error: unrecognized arguments: -x", "bad-arguments"],
  ])("knows the words %j", (message, code) => {
    expect(problemOf(ended(2, [{ type: "text", message }]))).toEqual({ code, say: message });
  });

  it("hands on the gate's own sentence, which arrives before borg's complaint about the connection", () => {
    const log = [
      { type: "text" as const, message: "Remote: bbs-gate: maintenance is running; try later." },
      error("ConnectionClosedWithHint", "Connection closed by remote host. Is borg working on the server?"),
    ];
    expect(problemOf(ended(2, log))).toEqual({
      code: "access-refused",
      say: "maintenance is running; try later.",
    });
  });

  it("knows a quota by its id, also in the gate's own sentence", () => {
    const log = [
      error("Repository.StorageQuotaExceeded", "bbs-gate: the quota is used up; delete archives."),
    ];
    expect(problemOf(ended(2, log))).toEqual({
      code: "quota-exceeded",
      say: "the quota is used up; delete archives.",
    });
  });

  it("falls back to 1.4's exit code, and then to borg's last words", () => {
    expect(problemOf(ended(52))?.code).toBe("passphrase-wrong");
    expect(problemOf(ended(2, [error(null, "odd\nmore")]))).toEqual({ code: "failed", say: "odd" });
    expect(problemOf(ended(null, [], { killedBy: "SIGKILL" }))?.say).toContain("SIGKILL");
  });

  it("says cancelled and timed-out, also when borg had already warned", () => {
    expect(problemOf(ended(1, [], { stopped: "cancelled" }))?.code).toBe("cancelled");
    expect(problemOf(ended(0, [], { stopped: "timed-out" }))?.code).toBe("timed-out");
  });
});
