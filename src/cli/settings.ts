import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { type CliEnv, cliEnv } from "~/env";
import { UsageError } from "./usage-error";

const stored = z.object({ url: z.string(), token: z.string(), fingerprint: z.string().optional() });
/** Which server, as whom. */
export type Connection = z.infer<typeof stored>;

/**
 * Finds the server to talk to: options first, then BBS_URL, BBS_TOKEN and BBS_FINGERPRINT, then what `bbs login` stored.
 * A stored fingerprint belongs to the stored address and is not used for another one.
 */
export async function findConnection(options: Partial<Connection>): Promise<Connection> {
  const around = cliEnv();
  const saved = await readStored(around);
  const url = options.url ?? around.url ?? saved?.url;
  const same = url === saved?.url;
  const token = options.token ?? around.token ?? (same ? saved?.token : undefined);
  const fingerprint = options.fingerprint ?? around.fingerprint ?? (same ? saved?.fingerprint : undefined);
  if (!url || !token)
    throw new UsageError(
      `No ${url ? "token" : "server"} is set. Run \`bbs login --url https://... --token bbs_...\`, or set BBS_URL and BBS_TOKEN.`,
    );
  return { url, token, ...(fingerprint ? { fingerprint } : {}) };
}

/** Keeps the connection for later calls in a file that only this account can read. Returns where. */
export async function storeConnection(connection: Connection): Promise<string> {
  const { configFile } = cliEnv();
  await mkdir(dirname(configFile), { recursive: true, mode: 0o700 });
  await writeFile(configFile, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  // The mode above counts for new files only.
  await chmod(configFile, 0o600);
  return configFile;
}

async function readStored({ configFile }: CliEnv): Promise<Connection | null> {
  let text: string;
  try {
    text = await readFile(configFile, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${configFile} cannot be read. Run \`bbs login\` again to write it anew.`);
  }
}
