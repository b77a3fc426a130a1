import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { generate } from "selfsigned";
import { probationRequest } from "~/protocol/agent-update";
import {
  enrolRequest,
  type JobOrder,
  type PollRequest,
  pollRequest,
  type ReportRequest,
  reportRequest,
} from "~/protocol/v1";
import { freePort } from "./free-port";
import { until } from "./until";

type Answer = { status: number; body: unknown } | "cut";

/**
 * Speaks the server's side of the agent protocol over real TLS, and can do what a real server only does on bad days: go away,
 * swallow an answer after having acted, refuse. For tests of the agent alone; everything it receives is checked against the protocol.
 */
export interface ProtocolServer {
  url: string;
  fingerprint: string;
  /** Every request line that came in, also refused ones. */
  requests: string[];
  polls: PollRequest[];
  /** When a poll was open, in milliseconds of this process's clock. */
  pollTimes: { from: number; to: number }[];
  reports: { jobId: string; report: ReportRequest }[];
  /** Given out at the next poll. */
  orders: JobOrder[];
  cancel: Set<string>;
  /** Overrides the answer to a report; undefined: the usual one. */
  onReport: (jobId: string, report: ReportRequest) => Answer | undefined;
  onEnrol: () => Answer | undefined;
  /** What a version on probation said of itself. */
  probations: string[];
  hostKeys: string[];
  /** Files to download, by path. */
  files: Map<string, Buffer>;
  /** Ends the download of a file in its middle. */
  cutFiles: boolean;
  /** Stops listening and cuts every connection; `rise` listens again on the same port. */
  fall(): Promise<void>;
  rise(): Promise<void>;
  /** Every log line of a job, in order. */
  log(jobId: string): string[];
  /** The last report of a job once it has an end state. */
  end(jobId: string, seconds?: number): Promise<ReportRequest>;
}

export async function startProtocolServer(ssh: {
  host: string;
  port: number;
  user: string;
}): Promise<ProtocolServer> {
  const pems = await generate([{ name: "commonName", value: "lab" }], { keySize: 2048 });
  const port = await freePort();
  let server: Server | null = null;
  const sockets = new Set<Duplex>();
  const orders: JobOrder[] = [];
  const givenOut: JobOrder[] = [];
  const lab: ProtocolServer = {
    url: `https://127.0.0.1:${port}`,
    fingerprint: new X509Certificate(pems.cert).fingerprint256,
    requests: [],
    polls: [],
    pollTimes: [],
    reports: [],
    orders,
    cancel: new Set(),
    onReport: () => undefined,
    onEnrol: () => undefined,
    probations: [],
    hostKeys: [],
    files: new Map(),
    cutFiles: false,
    fall: () =>
      new Promise((resolve) => {
        const falling = server;
        server = null;
        if (!falling) return resolve();
        falling.close(() => resolve());
        falling.closeAllConnections();
        // One in the middle of its TLS greeting is no connection yet for the line above.
        for (const socket of sockets) socket.destroy();
      }),
    rise: () =>
      new Promise((resolve) => {
        server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
          lab.requests.push(`${request.method} ${request.url}`);
          const from = performance.now();
          if (request.url?.endsWith("/poll"))
            response.once("close", () => lab.pollTimes.push({ from, to: performance.now() }));
          const file = lab.files.get(request.url ?? "");
          if (file && lab.cutFiles) {
            response.writeHead(200, { "content-length": file.length });
            return void response.write(file.subarray(0, file.length / 2), () => request.socket.destroy());
          }
          if (file) return void response.end(file);
          const parts: Buffer[] = [];
          request.on("data", (part: Buffer) => parts.push(part));
          request.on("end", async () => {
            const body: unknown = JSON.parse(Buffer.concat(parts).toString() || "null");
            const answer = await respond(request.url ?? "", body, () => response.destroyed);
            if (answer === "cut") return void request.socket.destroy();
            response.writeHead(answer.status, { "content-type": "application/json" });
            response.end(JSON.stringify(answer.body));
          });
        });
        server.on("connection", (socket) => {
          sockets.add(socket);
          socket.once("close", () => sockets.delete(socket));
        });
        server.listen(port, "127.0.0.1", () => resolve());
      }),
    log: (jobId) =>
      lab.reports
        .filter((entry) => entry.jobId === jobId)
        .flatMap((entry) => entry.report.log.map((line) => line.message)),
    end: async (jobId, seconds = 60) => {
      const ends = () =>
        lab.reports.filter((entry) => entry.jobId === jobId && entry.report.state !== "running");
      await until(`job ${jobId} ends`, () => ends().length > 0, { seconds });
      const [last] = ends().slice(-1);
      if (!last) throw new Error("no end");
      return last.report;
    },
  };

  const respond = async (url: string, body: unknown, gone: () => boolean): Promise<Answer> => {
    if (url.endsWith("/enroll")) {
      const special = lab.onEnrol();
      if (special) return special;
      enrolRequest.parse(body);
      const target = { ...ssh, hostKeys: lab.hostKeys };
      return ok({ protocol: 1, clientId: "lab1", clientName: "lab", apiKey: "k".repeat(40), ssh: target });
    }
    if (url.endsWith("/poll")) {
      const poll = pollRequest.parse(body);
      lab.polls.push(poll);
      // As the real server does: what was given out and did not arrive is given out again, under a new lease.
      for (const order of givenOut.splice(0)) {
        const held = poll.holding.some((entry) => entry.jobId === order.jobId);
        const heardOf = lab.reports.some((entry) => entry.jobId === order.jobId);
        if (!held && !heardOf) orders.push({ ...order, lease: order.lease + 1 });
      }
      const deadline = Date.now() + Math.min(poll.waitSeconds, 3) * 1000;
      const fitting = () =>
        orders.filter(({ kind }) =>
          poll.freeLanes.includes(kind === "backup" || kind === "restore" ? kind : "look"),
        );
      while (fitting().length === 0 && lab.cancel.size === 0 && Date.now() < deadline && !gone()) {
        await wait(20);
      }
      const jobs = gone() ? [] : fitting();
      for (const job of jobs) orders.splice(orders.indexOf(job), 1);
      givenOut.push(...jobs);
      const cancel = [...lab.cancel].filter((jobId) => poll.holding.some((held) => held.jobId === jobId));
      return ok({
        serverTime: new Date().toISOString(),
        jobs,
        cancel,
        reason: jobs.length > 0 ? "work" : "time",
      });
    }
    if (url.endsWith("/probation")) {
      lab.probations.push(probationRequest.parse(body).version);
      return ok({ serverTime: new Date().toISOString() });
    }
    const jobId = /jobs\/(\w+)\/report$/.exec(url)?.[1];
    if (!jobId) return { status: 404, body: { error: { code: "not-found", say: "no such page" } } };
    // The one that `doctor` asks about.
    if (jobId === "0") return { status: 404, body: { error: { code: "not-found", say: "no such job" } } };
    const report = reportRequest.parse(body);
    lab.reports.push({ jobId, report });
    const special = lab.onReport(jobId, report);
    if (special) return special;
    const acknowledged = report.state !== "running";
    return ok({ serverTime: new Date().toISOString(), acknowledged, cancel: lab.cancel.has(jobId) });
  };
  await lab.rise();
  return lab;
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}
