import { z } from "zod";
import { probationRequest, probationResponse } from "./agent-update";
import * as v1 from "./v1";

/**
 * The agent protocol as an OpenAPI 3.1 document, derived from the Zod contract; `docs/agent-openapi.json` holds it and a test keeps it
 * current. Edit when a route or an outcome is added; messages themselves change in ./v1 only.
 */
export function agentOpenApi(): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Borg Backup Server: agent protocol",
      version: String(v1.PROTOCOL_VERSION),
      description:
        "What an agent and the server say to one another. HTTPS and JSON. Paths inside archives are bytes and travel as base64. See agent-protocol.md for order and meaning.",
    },
    servers: [{ url: "/api/agent/v1" }],
    components: { securitySchemes: { agentKey: { type: "http", scheme: "bearer" } } },
    paths: {
      "/enroll": {
        post: {
          operationId: "enroll",
          summary: "A machine shows its one-time token and becomes a client.",
          security: [],
          ...messages(v1.enrolRequest, v1.enrolResponse, {
            403: "enrolment-token-invalid: never was one, or a newer one replaced it",
            409: "enrolment-token-used",
            410: "enrolment-token-expired",
            429: "rate-limited: too many wrong tokens from this address",
            503: "storage-unavailable: no host key is known yet; the token stays usable",
          }),
        },
      },
      "/poll": {
        post: {
          operationId: "poll",
          summary: `Held until there is work, at most ${v1.LONGEST_POLL_SECONDS} s.`,
          security: [{ agentKey: [] }],
          ...messages(v1.pollRequest, v1.pollResponse, { 401: "agent-key-invalid: unknown or revoked" }),
        },
      },
      "/jobs/{id}/report": {
        post: {
          operationId: "report",
          summary: "Progress, log lines and the end of a job. Any report may come twice.",
          security: [{ agentKey: [] }],
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          ...messages(v1.reportRequest, v1.reportResponse, {
            401: "agent-key-invalid: unknown or revoked",
            404: "not-found: this machine has no such job",
            409: "stale-lease: the job was given to another holder or taken back; stop it",
          }),
        },
      },
      "/probation": {
        post: {
          operationId: "probation",
          summary: "A new version of the agent shows that it gets through. Nothing is stored.",
          security: [{ agentKey: [] }],
          ...messages(probationRequest, probationResponse, { 401: "agent-key-invalid: unknown or revoked" }),
        },
      },
      "/release-files/{sha256}": {
        get: {
          operationId: "releaseFile",
          summary: "A file of a release, by its SHA-256.",
          security: [{ agentKey: [] }],
          parameters: [{ name: "sha256", in: "path", required: true, schema: { type: "string" } }],
          responses: {
            200: { description: "The bytes.", content: { "application/octet-stream": {} } },
            401: { description: "agent-key-invalid: unknown or revoked" },
            404: { description: "not-found: no release that this server holds has such a file" },
          },
        },
      },
    },
  };
}

/** Outcomes that every route has. */
const COMMON: Record<number, string> = {
  400: "invalid-json",
  413: "body-too-large",
  422: "invalid-input: the message is not of the contract's form",
  426: "protocol-unsupported: `supported` names the versions that are served",
  500: "fault: `reference` is to be quoted",
};

function messages(request: z.ZodType, response: z.ZodType, outcomes: Record<number, string>) {
  const refusals = Object.entries({ ...COMMON, ...outcomes }).map(([status, description]) => [
    status,
    { description, content: json(v1.refusalBody, "output") },
  ]);
  return {
    requestBody: { required: true, content: json(request, "input") },
    responses: {
      200: { description: "As asked.", content: json(response, "output") },
      ...Object.fromEntries(refusals),
    },
  };
}

function json(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io });
  return { "application/json": { schema: plain } };
}
