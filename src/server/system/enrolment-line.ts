import { env } from "~/env";
import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";
import { type AgentBundle, readAgentBundle } from "./agent-bundle";
import { tlsKind } from "./tls-kind";

/** What a person pastes on the machine. It holds a one-time token, so it is shown once. */
export interface Enrolment {
  /** The one line. */
  command: string;
  /** The same in steps: download, check, run. */
  byHand: string[];
  expiresAt: Date;
}

/** Renders the enrolment line for this server as it runs now. */
export async function renderEnrolment(
  ctx: Pick<Ctx, "db">,
  given: { token: string; expiresAt: Date },
): Promise<Enrolment> {
  const { releaseKeys } = await readSetting(ctx, "updates");
  const steps = enrolmentSteps({
    appUrl: env().appUrl,
    token: given.token,
    fingerprint: tlsKind() === "self-signed" ? (env().tlsFingerprint ?? null) : null,
    releaseKey: releaseKeys.at(-1) ?? null,
    bundle: await readAgentBundle(),
  });
  return { command: steps.join(" && "), byHand: steps, expiresAt: given.expiresAt };
}

/**
 * Download, check, run. The hash of the installer stands in the line, so a network that changes the download is noticed before
 * anything runs: that is why `-k` is harmless with our own certificate. A folder of one's own, because in /tmp another account could
 * swap the file between the check and the run. macOS has shasum; a root shell may have no sudo. The installer checks the agent's hash in the same way, and
 * the agent pins `fingerprint` (null: the certificate is publicly trusted, or nobody encrypts on loopback).
 */
export function enrolmentSteps(given: {
  appUrl: string;
  token: string;
  fingerprint: string | null;
  /** What the machine pins: it installs only releases that this key signed. Null: this server knows none. */
  releaseKey: string | null;
  bundle: Pick<AgentBundle, "agentSha256" | "installScriptSha256">;
}): string[] {
  const { appUrl, token, fingerprint, releaseKey, bundle } = given;
  const options = [
    `--server ${quote(appUrl)}`,
    `--token ${token}`,
    ...(fingerprint ? [`--tls-fingerprint ${fingerprint}`] : []),
    ...(releaseKey ? [`--release-key ${quote(releaseKey)}`] : []),
    `--agent-sha256 ${bundle.agentSha256}`,
  ];
  return [
    `cd "$(mktemp -d)"`,
    `curl -fsS${fingerprint ? "k" : ""} ${quote(`${appUrl}/install.sh`)} -o install.sh`,
    `echo "${bundle.installScriptSha256}  install.sh" > sum`,
    "(sha256sum -c sum || shasum -a 256 -c sum)",
    `$(command -v sudo) sh install.sh ${options.join(" ")}`,
  ];
}

/** Plain addresses stay readable; anything a shell could read otherwise is quoted. */
function quote(text: string): string {
  return /^[A-Za-z0-9:/._+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
