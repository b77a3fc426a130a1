import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import * as update from "./agent-update";
import * as v1 from "./v1";

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder).sort();

/** Which schema a fixture belongs to, by how its name begins. */
const SCHEMAS: Record<string, z.ZodType> = {
  "enrol-request": v1.enrolRequest,
  "enrol-response": v1.enrolResponse,
  "poll-request": v1.pollRequest,
  "poll-response": v1.pollResponse,
  "report-request": v1.reportRequest,
  "report-response": v1.reportResponse,
  "probation-request": update.probationRequest,
  "probation-response": update.probationResponse,
  refusal: v1.refusalBody,
};

function schemaOf(name: string): z.ZodType {
  const found = Object.entries(SCHEMAS).find(([prefix]) => name.startsWith(prefix));
  if (!found) throw new Error(`${name} belongs to no message`);
  return found[1];
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

describe("the agent protocol, version 1", () => {
  it.each(names)("still reads and writes the golden message %s exactly", (name) => {
    const golden = read(name);
    expect(schemaOf(name).parse(golden)).toEqual(golden);
  });

  it("has a golden message for every kind of message", () => {
    for (const prefix of Object.keys(SCHEMAS)) {
      expect(names.some((name) => name.startsWith(prefix))).toBe(true);
    }
  });

  it("ignores a field that a newer agent adds", () => {
    const poll = { ...(read("poll-request.json") as object), colour: "blue" };
    expect(v1.pollRequest.safeParse(poll).success).toBe(true);
  });

  it.each([
    ["an RSA key", "enrol-request", { sshPublicKey: `ssh-rsa ${"A".repeat(68)}` }],
    [
      "a key line with an option before it",
      "enrol-request",
      { sshPublicKey: `command="sh" ssh-ed25519 ${"A".repeat(68)}` },
    ],
    ["a wait of more than 50 s", "poll-request", { waitSeconds: 51 }],
    ["an unknown lane", "poll-request", { freeLanes: ["express"] }],
    ["more log lines than 500", "report-request-running", { log: manyLines(501) }],
    ["an unknown state", "report-request-running", { state: "queued" }],
    ["an unknown problem", "report-request-backup-failed", { problem: { code: "tired", say: "" } }],
    ["a lease of 0", "report-request-running", { lease: 0 }],
  ])("refuses %s", (_, name, change) => {
    const message = { ...(read(`${name}.json`) as object), ...change };
    expect(schemaOf(name).safeParse(message).success).toBe(false);
  });
});

function manyLines(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    sequence: i + 1,
    at: "2026-11-23T02:00:00.000Z",
    level: "info",
    message: "line",
  }));
}
