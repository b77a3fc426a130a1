import { open } from "node:fs/promises";
import { z } from "zod";
import { problemOf } from "~/borg/messages";
import { BorgNotStarted, runBorg } from "~/borg/run";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { ServerBorgFailed } from "../run-server-borg";
import { COPY_PROGRAM } from "./copy-program";

const COPY_LIMIT_SECONDS = 24 * 3600;

const copied = z.object({
  archives: z.array(z.object({ name: z.string(), borgId: z.string(), files: z.number(), bytes: z.number() })),
});

/** Copies parts of archives into a repository with another key, as `bbv-<id>` of the client whose they are. */
export async function copyArchives(
  keeper: Keeper,
  asked: {
    clientId: string;
    /** A folder of its own for what borg remembers. */
    base: string;
    leastFreeBytes: number;
    source: { path: string; passphrase: string; keyFile: string | null };
    target: { path: string; passphrase: string };
    parts: { name: string; borgId: string; paths: string[]; as: string }[];
  },
  signal: AbortSignal,
): Promise<z.output<typeof copied>["archives"]> {
  const { clientId, base, ...told } = asked;
  const { vault } = keeper.clients.accountsOf(clientId);
  const end = await runBorg({
    command: await borgsPython(keeper),
    args: ["-I", "-c", COPY_PROGRAM],
    env: {
      ...{ BORG_BASE_DIR: base, HOME: base, PYTHONDONTWRITEBYTECODE: "1" },
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
    },
    ...(keeper.root ? { account: { uid: vault.uid, gid: vault.gid } } : {}),
    stdin: Buffer.from(JSON.stringify(told)),
    limitSeconds: COPY_LIMIT_SECONDS,
    signal,
  }).catch((error: unknown) => {
    if (error instanceof BorgNotStarted) throw noModules(error);
    throw error;
  });
  const problem = problemOf(end);
  if (problem) throw new ServerBorgFailed(problem, end);
  return copied.parse(JSON.parse(end.stdout.toString("utf8"))).archives;
}

/** The Python that the storage node's borg runs on: it has borg's modules. Refuses a borg that is one file of machine code. */
async function borgsPython(keeper: Keeper): Promise<string> {
  const borg = await keeper.findBorg();
  if (borg === null) throw noModules();
  const file = await open(borg, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    const first = buffer.toString("latin1", 0, bytesRead).split("\n")[0] ?? "";
    const python = /^#! ?(\/\S*python3?[\d.]*)$/.exec(first.trim())?.[1];
    if (python === undefined) throw noModules();
    return python;
  } finally {
    await file.close();
  }
}

function noModules(cause?: unknown): KeeperRefuses {
  return new KeeperRefuses(
    "borg-missing",
    "A restore to another client needs borg as a distribution's package on the storage server (borgbackup), not as a single file.",
    cause,
  );
}
