import type { UpdateAgentOrder } from "~/protocol/agent-update";
import {
  keysAfterInstall,
  mayInstall,
  openManifest,
  type ReleaseFile,
  type ReleaseRefusal,
} from "~/protocol/release";
import { AgentProblem, type ProblemCode } from "../agent-problem";
import { type ReleaseTrust, releaseCrypto } from "./release-trust";

/** A release that this machine may install, and the keys to trust once it has. */
export type OpenRelease = { version: string; file: ReleaseFile; keysAfter: string[] };

/** Decides by this machine's own trust alone. Refuses with an `AgentProblem` whatever is not signed, older, for another machine or exchanged. */
export function openRelease(order: UpdateAgentOrder, trust: ReleaseTrust): OpenRelease {
  const opened = openManifest(
    Buffer.from(order.manifest, "base64"),
    order.signatures,
    trust.keys,
    releaseCrypto,
  );
  if ("refused" in opened) throw refusal(opened.refused, trust);
  const { manifest } = opened;
  if (manifest.product !== "agent-and-server") {
    throw new AgentProblem(
      "release-wrong-file",
      "What was sent is a release of borg, not of the agent. Nothing was installed.",
    );
  }
  const { platform, arch } = process;
  const found = mayInstall(manifest, { kind: "agent", floor: trust.floor, platform, arch });
  if ("refused" in found) throw refusal(found.refused, trust, manifest.version);
  if (found.file.sha256 !== order.fileSha256) {
    throw new AgentProblem(
      "release-wrong-file",
      "The server named another file than the one that the signed list has for this machine. Nothing was downloaded.",
    );
  }
  return { version: manifest.version, file: found.file, keysAfter: keysAfterInstall(trust.keys, opened) };
}

const CODES: Record<ReleaseRefusal, ProblemCode> = {
  unsigned: "release-unsigned",
  "unknown-key": "release-unknown-key",
  "bad-signature": "release-bad-signature",
  "not-a-manifest": "release-bad-signature",
  downgrade: "release-downgrade",
  "no-file-for-this-machine": "release-wrong-file",
  "too-old-to-update": "release-too-far",
};

function refusal(why: ReleaseRefusal, trust: ReleaseTrust, version = "this release"): AgentProblem {
  const say: Record<ReleaseRefusal, string> = {
    unsigned: "The release is not signed.",
    "unknown-key":
      trust.keys.length === 0
        ? "This machine trusts no release key yet. Run there, as root: bbs-agent trust-release-key KEY (the key stands in the console's settings; compare it with the one that the makers publish)."
        : "The release is signed by a key that this machine does not trust. If the makers changed their key without a release that says so, run there, as root: bbs-agent trust-release-key KEY.",
    "bad-signature": "The signature does not fit: the release was changed after it was signed.",
    "not-a-manifest": "What is signed is not the list of a release.",
    downgrade: `${version} is older than ${trust.floor}, which this machine has run: an old release can have known holes.`,
    "no-file-for-this-machine": `${version} holds no agent for ${process.platform} ${process.arch}.`,
    "too-old-to-update": `${version} cannot be installed over ${trust.floor} in one step. Install a release between the two first.`,
  };
  return new AgentProblem(CODES[why], `${say[why]} Nothing was installed.`);
}
