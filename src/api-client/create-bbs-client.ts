import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { EventSource } from "eventsource";
import superjson from "superjson";
import type { AppRouter } from "~/server/api/root";
import { BbsError, toBbsError } from "./bbs-error";
import { type Fingerprint, pinnedFetch } from "./pinned-fetch";

export interface BbsClientOptions {
  /** Address of the console, e.g. `https://backup.example.org:3000`. http is accepted for this machine itself only. */
  url: string;
  /** An API token (`bbs_...`), made in the console or with `bbs token create`. */
  token: string;
  /** For a server with a self-signed certificate: its SHA-256. Then this one certificate is accepted and no other. */
  fingerprint?: Fingerprint;
}

export type BbsClient = TRPCClient<AppRouter>;

/**
 * The typed client of a Borg Backup Server: `client.plans.run.mutate({ id })`, `client.jobs.get.query({ id })`,
 * `client.jobs.watch.subscribe({ id }, { onData })`. Every failed call throws a BbsError with a code and one sentence.
 */
export function createBbsClient(options: BbsClientOptions): BbsClient {
  const url = `${safeUrl(options.url)}/api/trpc`;
  const headers = { authorization: `Bearer ${options.token}` };
  const call = options.fingerprint ? pinnedFetch(options.fingerprint) : fetch;
  return createTRPCClient<AppRouter>({
    links: [
      withBbsErrors,
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: () => ({
            fetch: (address, init) => call(address, { ...init, headers: { ...init?.headers, ...headers } }),
          }),
        }),
        false: httpBatchLink({ url, transformer: superjson, headers, fetch: call }),
      }),
    ],
  });
}

/** Refuses an address to which the token would travel unprotected. */
export function safeUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new BbsError("invalid-input", `${text} is not an address such as https://backup.example.org:3000.`);
  }
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback)) return text.replace(/\/+$/, "");
  throw new BbsError(
    "invalid-input",
    `${text}: the token would travel unprotected. Use https (http is accepted for this machine itself only).`,
  );
}

const withBbsErrors: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: (error) => observer.error(toBbsError(error)),
      }),
    );
