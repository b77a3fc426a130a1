import { stat } from "node:fs/promises";
import { z } from "zod";
import { type AgentPolicy, agentPolicy } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { readIfThere, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";
import { localExtras, shownExtras } from "./policy-extras";

const absolute = z.string().startsWith("/", "must be an absolute path").max(4096);

/** The policy file. Only the machine's administrator writes it; the server sees it and cannot change it. */
export const localPolicy = z.strictObject({
  ...agentPolicy.shape,
  readPaths: z.array(absolute).max(200),
  restoreFolder: absolute,
  restorePaths: z.array(absolute).max(200),
  /** A borg other than the one found on the usual paths. */
  borg: absolute.optional(),
  ...localExtras,
});
export type LocalPolicy = z.infer<typeof localPolicy>;

/** A policy that could be read, or why it could not: then nothing is allowed. */
export type PolicyState =
  | { readable: true; policy: LocalPolicy }
  | { readable: false; why: string; policy: LocalPolicy };

/**
 * Reads the policy afresh, so that an edit counts from the next job on. A file that is missing, damaged, or that another account
 * could have written allows nothing: a restriction must not vanish with a typing error.
 */
export async function readPolicy(folder: AgentFolder): Promise<PolicyState> {
  const nothing: LocalPolicy = {
    readPaths: [],
    restoreFolder: "/var/lib/bbs-agent/restored",
    restorePaths: [],
    restoreToOriginal: false,
  };
  const refuse = (why: string): PolicyState => ({ readable: false, why, policy: nothing });
  const text = await readIfThere(folder.policy);
  if (text === null) return refuse(`${folder.policy} is missing`);
  const found = await stat(folder.policy);
  const own = process.getuid?.() ?? 0;
  if (found.uid !== own && found.uid !== 0) return refuse(`${folder.policy} belongs to another account`);
  if ((found.mode & 0o022) !== 0) return refuse(`${folder.policy} can be written by other accounts`);
  const json = parseJson(text);
  if (json === undefined) return refuse(`${folder.policy} is not valid JSON`);
  const parsed = localPolicy.safeParse(json);
  if (parsed.success) return { readable: true, policy: parsed.data };
  const issue = parsed.error.issues[0];
  return refuse(
    `${folder.policy}: ${issue ? `${issue.path.join(".")} ${issue.message}` : "is not a policy"}`,
  );
}

export async function writePolicy(folder: AgentFolder, policy: LocalPolicy): Promise<void> {
  await writeDurably(folder.policy, `${JSON.stringify(policy, null, 2)}\n`);
}

const NO_EXTRAS = { hooks: undefined, databases: undefined };

/** The part that the server is shown. */
export function shownPolicy(policy: LocalPolicy): AgentPolicy {
  return agentPolicy.parse({ ...policy, ...NO_EXTRAS, ...shownExtras(policy) });
}
