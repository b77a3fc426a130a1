import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { GET } from "~/app/api/downloads/[ticket]/route";
import type { DownloadFormat } from "~/domain/download";
import { archiveId } from "~/domain/id";
import type { UserActor } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { createOnePortServer } from "~/supervisor/http/one-port-server";
import { openStreamDoor } from "~/supervisor/http/stream-door";
import { ensureTls, fingerprintOf, tlsFiles } from "~/supervisor/tls";
import { insertToken } from "./acting-people";
import { ledgerArchive } from "./archive-world";
import { freePort } from "./free-port";
import { type VaultWorld, vaultWorld } from "./vault-world";

export interface DownloadWorld extends VaultWorld {
  archive: { id: string; name: string };
  port: number;
  /** A ticket of the admin, as the console gets it. */
  prepare(paths: string[], format: DownloadFormat): Promise<{ url: string; fileName: string }>;
  /** What a browser or script with this token gets for an address. */
  take(url: string, given?: { token?: string; signal?: AbortSignal }): Promise<Response>;
  token: string;
}

/** A machine with an archive, a worker, a keeper that says what it is told, and the door at which streams arrive. */
export async function downloadWorld(): Promise<DownloadWorld> {
  const world = await vaultWorld();
  const archive = await ledgerArchive(world);
  const port = await openDoor();
  const { token } = await insertToken(world.database, {
    ...{ userId: world.database.admin.userId, scopes: ["restore", "view"] },
  });
  return {
    ...{ ...world, archive, port, token },
    prepare: (paths, format) =>
      prepareAs(world, world.database.admin, { archiveId: archive.id, paths, format }),
    take: (url, given = {}) => takeAs(url, { token, ...given }),
  };
}

/** A ticket of somebody. */
export function prepareAs(
  world: VaultWorld,
  actor: UserActor,
  input: { archiveId: string; paths: string[]; format: DownloadFormat },
) {
  const caller = createCaller({ ...world.admin(), actor, peer: null });
  return caller.downloads.prepare({ ...input, archiveId: archiveId.parse(input.archiveId) });
}

export function takeAs(url: string, given: { token: string; signal?: AbortSignal }): Promise<Response> {
  const request = new Request(`https://backup.example.test:3000${url}`, {
    headers: { authorization: `Bearer ${given.token}`, "x-bbs-peer": "192.0.2.7" },
    ...(given.signal ? { signal: given.signal } : {}),
  });
  return GET(request, { params: Promise.resolve({ ticket: url.split("/").at(-1) ?? "" }) });
}

/** base64, as paths travel. */
export const path = (text: string) => Buffer.from(text, "latin1").toString("base64");

/** A tar of a folder as GNU tar writes it, in the form that borg has it too. */
export function tarOfFolder(
  folder: string,
  members: readonly string[],
  more: readonly string[] = [],
): Buffer {
  return execFileSync("tar", ["--format=gnu", ...more, "-C", folder, "-cf", "-", "--", ...members], {
    maxBuffer: 64 * 1024 * 1024,
  });
}

async function openDoor(): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), "bbs-door-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  await ensureTls({ data, appUrl: "https://192.0.2.7:3000", given: null, readerGroup: null });
  const files = tlsFiles(data);
  const tls = { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
  const port = await freePort();
  const onUpgrade = openStreamDoor({
    ...{ address: `127.0.0.1:${port}`, fingerprint: fingerprintOf(tls.cert) },
  });
  const server = createOnePortServer(tls, (_, response) => response.writeHead(404).end(), { onUpgrade });
  await server.listen(port, "127.0.0.1");
  onTestFinished(() => server.close(100));
  return port;
}
