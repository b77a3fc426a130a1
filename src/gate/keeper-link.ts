import { connect, type Socket } from "node:net";

/** The gate's half of src/protocol/gate.ts. Typed by hand: Zod would double the gate's start time, and the keeper checks every field. */
export type Allowed = { borg: string; home: string; paths: string[] };
export type Begin = { asked: string | null; refused: string | null; peerAddress: string | null; pid: number };
export type End = { bytesIn: number; bytesOut: number; exitCode: number | null };
export type KeeperLink = { allowed: Allowed; end(report: End): Promise<void> };

/** Longest wait for the keeper's answer: it holds it back while maintenance has the repository. */
const ANSWER_WITHIN_MS = 15 * 60 * 1000;

/** The keeper said no; the message is its sentence. */
export class KeeperSaysNo extends Error {}

/**
 * Announces the session and waits for the keeper's word. Fails closed: no socket, no answer or an answer we do not understand is a
 * rejection. The returned link stays open for the whole session; its closing is the session's end.
 */
export function announceSession(socketPath: string, begin: Begin): Promise<KeeperLink> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error("no answer")));
    let text = "";
    socket.setEncoding("utf8");
    socket.once("connect", () => socket.write(`${JSON.stringify({ begin })}\n`));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the keeper closed the connection")));
    socket.on("data", (piece: string) => {
      text += piece;
      if (!text.includes("\n")) return;
      socket.setTimeout(0);
      socket.removeAllListeners("data");
      socket.resume();
      try {
        const allowed = readAnswer(text);
        // From here a dead keeper is no reason to end a healthy backup: it finds the session again by its process.
        socket.on("error", () => undefined);
        resolve({ allowed, end: (report) => sendEnd(socket, report) });
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    });
  });
}

function readAnswer(line: string): Allowed {
  const answer: unknown = JSON.parse(line);
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

function sendEnd(socket: Socket, report: End): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", () => resolve());
    socket.end(`${JSON.stringify({ end: report })}\n`);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
