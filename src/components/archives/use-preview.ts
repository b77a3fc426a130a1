"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPCClient } from "~/trpc/react";

/** What came of a look at a file. `refused`: it cannot be shown, in the server's words. */
export type Preview =
  | { kind: "text"; lines: string[] }
  | { kind: "picture"; source: string }
  | { kind: "refused"; say: string };

/** Codes by which the server says that a file is nothing to look at. */
const NOT_SHOWN = ["invalid-input", "archive-missing"];

/** Reads a file of an archive to be shown. Read once for each time it is opened; leaving it ends the reading. */
export function usePreview({ archiveId, path }: { archiveId: string; path: string }) {
  const client = useTRPCClient();
  return useQuery({
    queryKey: ["preview", archiveId, path],
    queryFn: async ({ signal }) => {
      const { url } = await client.downloads.prepare.mutate({ archiveId, paths: [path], format: "preview" });
      return readPreview(await fetch(url, { signal, cache: "no-store" }));
    },
    ...{ gcTime: 0, staleTime: Number.POSITIVE_INFINITY, retry: false },
    ...{ refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
}

async function readPreview(answer: Response): Promise<Preview> {
  if (!answer.ok) return refusedBy(answer);
  const type = answer.headers.get("content-type") ?? "";
  const bytes = await answer.arrayBuffer();
  if (type.startsWith("image/")) return { kind: "picture", source: await dataAddress(bytes, type) };
  const charset = /charset=([a-z0-9-]+)/.exec(type)?.[1] ?? "utf-8";
  return { kind: "text", lines: new TextDecoder(charset).decode(bytes).split(/\r\n|\n|\r/) };
}

async function refusedBy(answer: Response): Promise<Preview> {
  const body: unknown = await answer.json().catch(() => null);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  const told = typeof error === "object" && error !== null ? { code: "", say: "", ...error } : null;
  if (told && NOT_SHOWN.includes(told.code)) return { kind: "refused", say: told.say };
  throw Object.assign(new Error(told?.say || "The server did not answer."), {
    data: { refusal: told?.code && told.code !== "fault" ? told : null },
  });
}

/** The policy of our pages lets pictures come from this server and from their own bytes, and the ticket is used up. */
function dataAddress(bytes: ArrayBuffer, type: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("The picture could not be read."));
    reader.readAsDataURL(new Blob([bytes], { type }));
  });
}
