import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { enrolResponse, PROTOCOL_VERSION } from "~/protocol/v1";
import { describeAbilities } from "../abilities";
import { type AgentFolder, DEFAULT_FOLDER } from "../agent-folder";
import { findBorg, INSTALL_HINT } from "../borg-program";
import { readConfig, writeConfig } from "../config";
import { readIfThere } from "../durable-file";
import { LinkError } from "../link-error";
import { describeMachine } from "../machine";
import { PlainError } from "../plain-error";
import { type LocalPolicy, readPolicy, shownPolicy, writePolicy } from "../policy";
import { certificateFingerprint, ServerLink, serverAddress } from "../server-link";
import { makeSshKey, writeKnownHosts } from "../ssh-command";
import { demandReleaseKey } from "../update/release-trust";
import { trustKey } from "./trust-release-key";

export type EnrolOptions = {
  server: string;
  token: string;
  tlsFingerprint: string | null;
  /** Replace an earlier enrolment of this folder. */
  again: boolean;
  readPaths: string[];
  restoreFolder: string | null;
  restorePaths: string[];
  restoreToOriginal: boolean;
  browse: boolean;
  /** The public key of releases that the line brought; null: it brought none, and what was trusted before stays. */
  releaseKey: string | null;
};

/**
 * Makes this machine known to the server. The SSH key is made here and its private half never leaves. Nothing is replaced before
 * the server has said yes; a policy file that exists is kept as it is. Returns what to tell the person.
 */
export async function enroll(folder: AgentFolder, options: EnrolOptions): Promise<string> {
  const serverUrl = serverAddress(options.server);
  const tlsFingerprint =
    options.tlsFingerprint === null ? null : certificateFingerprint(options.tlsFingerprint);
  const releaseKey = options.releaseKey === null ? null : demandReleaseKey(options.releaseKey);
  if (!options.again && (await readIfThere(folder.config)) !== null) {
    const known = await readConfig(folder).catch(() => null);
    throw new PlainError(
      `This machine is already enrolled${known ? ` as ${known.clientName} at ${known.serverUrl}` : ""}. To enrol it anew, add --again.`,
    );
  }
  await mkdir(folder.state, { recursive: true, mode: 0o700 });
  const policy = await settlePolicy(folder, options);
  const borg = await findBorg(policy);
  const workshop = await mkdtemp(join(folder.folder, "new-key-"));
  const link = new ServerLink({ serverUrl, tlsFingerprint, apiKey: null });
  try {
    const newKey = join(workshop, "id_ed25519");
    const request = {
      protocol: PROTOCOL_VERSION,
      token: options.token,
      sshPublicKey: await makeSshKey(newKey),
      machine: {
        ...(await describeMachine(borg?.version.text ?? null, null)),
        ...(await describeAbilities(folder)),
      },
      policy: shownPolicy(policy),
    };
    const answer = await link
      .post("api/agent/v1/enroll", request, enrolResponse, { seconds: 60 })
      .catch((error: unknown) => {
        throw explain(error);
      });
    await writeKnownHosts(folder, answer.ssh.hostKeys);
    await rename(newKey, folder.sshKey);
    await rename(`${newKey}.pub`, `${folder.sshKey}.pub`);
    if (releaseKey !== null) await trustKey(folder, releaseKey);
    await writeConfig(folder, {
      serverUrl,
      tlsFingerprint,
      clientId: answer.clientId,
      clientName: answer.clientName,
      apiKey: answer.apiKey,
      ssh: answer.ssh,
      enrolledAt: new Date().toISOString(),
    });
    return [
      `Enrolled as ${answer.clientName} at ${serverUrl}.`,
      `What this machine allows stands in ${folder.policy}.`,
      ...(borg === null ? [`No borg was found. ${INSTALL_HINT}`] : []),
    ].join("\n");
  } finally {
    link.close();
    await rm(workshop, { recursive: true, force: true });
  }
}

async function settlePolicy(folder: AgentFolder, options: EnrolOptions): Promise<LocalPolicy> {
  const found = await readPolicy(folder);
  if (found.readable) return found.policy;
  if ((await readIfThere(folder.policy)) !== null)
    throw new PlainError(`${found.why}. Correct or remove it first.`);
  const policy: LocalPolicy = {
    readPaths: options.readPaths.length > 0 ? options.readPaths : ["/"],
    restoreFolder: options.restoreFolder ?? defaultRestoreFolder(folder),
    restorePaths: options.restorePaths,
    restoreToOriginal: options.restoreToOriginal,
    browse: options.browse,
  };
  await writePolicy(folder, policy);
  const written = await readPolicy(folder);
  if (written.readable) return written.policy;
  await rm(folder.policy, { force: true });
  throw new PlainError(`The paths given are not usable: ${written.why}`);
}

function defaultRestoreFolder(folder: AgentFolder): string {
  return folder.folder === DEFAULT_FOLDER ? "/var/lib/bbs-agent/restored" : join(folder.folder, "restored");
}

function explain(error: unknown): unknown {
  if (!(error instanceof LinkError)) return error;
  const advice: Record<string, string> = {
    "enrolment-token-used":
      "This enrolment token was used before; each works once. Get a new line from the client's page in the console.",
    "enrolment-token-expired":
      "This enrolment token has expired. Get a new line from the client's page in the console.",
    "enrolment-token-invalid":
      "The server does not know this enrolment token. Copy the whole line from the console again.",
  };
  if (error.code && advice[error.code]) return new PlainError(advice[error.code]);
  if (error.code === "protocol-unsupported") {
    return new PlainError(`${error.say} Download the agent anew from the server and enrol with it.`);
  }
  return new PlainError(`Enrolling failed: ${error.say}`);
}
