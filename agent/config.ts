import { z } from "zod";
import { sshTarget } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { readIfThere, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";
import { PlainError } from "./plain-error";

/** What enrolling settled. Holds the API key: 0600. Passphrases are never in it. */
export const agentConfig = z.object({
  serverUrl: z.url(),
  /** SHA-256 of the server's certificate (DER), lower-case hex; null: the certificate must be publicly trusted. */
  tlsFingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  clientId: z.string(),
  clientName: z.string(),
  apiKey: z.string().min(20),
  /** As told at enrolment. The host keys stay pinned, whatever a later order says. */
  ssh: sshTarget,
  enrolledAt: z.string(),
});
export type AgentConfig = z.infer<typeof agentConfig>;

/** The configuration, or null when this folder was never enrolled. Refuses one that cannot be read, naming the file. */
export async function readConfig(folder: AgentFolder): Promise<AgentConfig | null> {
  const text = await readIfThere(folder.config);
  if (text === null) return null;
  const parsed = agentConfig.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new PlainError(
    `${folder.config} is damaged. Enrol this machine again with: bbs-agent enroll --again`,
  );
}

export async function writeConfig(folder: AgentFolder, config: AgentConfig): Promise<void> {
  await writeDurably(folder.config, `${JSON.stringify(config, null, 2)}\n`);
}
