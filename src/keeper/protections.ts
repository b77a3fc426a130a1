import { type BorgVersion, isBorgPatched } from "~/borg/version";
import type { Protection } from "./contract/accounts";
import type { Keeper } from "./keeper";
import { looseFile } from "./loose-file";
import { readVaultRecord } from "./vault/vault-record";

/** Which protections this storage node really has; looked up each time, because an upgrade or a chmod changes them. */
export async function listProtections(
  keeper: Keeper,
  borg: string | null,
  version: BorgVersion | null,
): Promise<Protection[]> {
  const loose = await looseFile([keeper.program.node, keeper.program.gate, ...(borg ? [borg] : [])]);
  const root = keeper.root;
  return [
    {
      name: "separate-accounts",
      on: root,
      say: root
        ? "Each client has its own Unix account; another one owns its repositories' configuration."
        : "All clients share one Unix account, because the server does not run as root. Only the forced command keeps them apart.",
    },
    {
      name: "root-owned-keys",
      on: root,
      say: root
        ? "The files that say which key may do what belong to root, outside the clients' homes."
        : "The files that say which key may do what belong to the account that serves the clients, because the server does not run as root.",
    },
    {
      name: "trusted-code",
      on: root && loose === null,
      say: !root
        ? "The programs belong to the account that serves the clients, because the server does not run as root."
        : loose === null
          ? "The programs that run with privilege can be changed by root only."
          : `${loose} can be changed by an account other than root. Make root its owner and take away write access for others.`,
    },
    await sealing(keeper),
    {
      name: "quota",
      on: true,
      say: "borg refuses a backup that goes over its repository's quota. A changed borg can write past it until its session ends: watch free space.",
    },
    {
      name: "borg-patched",
      on: version !== null && isBorgPatched(version),
      say:
        version === null
          ? "borg was not found on the storage server."
          : isBorgPatched(version)
            ? `borg ${version.text} has the fix of CVE-2023-36811.`
            : `borg ${version.text} lacks the fix of CVE-2023-36811 (forged archives). Install 1.2.5 or later; bookworm-backports has 1.4.0.`,
    },
  ];
}

/** What the seals of the repositories here are made of; the weakest of them counts. */
async function sealing(keeper: Keeper): Promise<Protection> {
  const all = keeper.repositories.all();
  const records = await Promise.all(all.map((one) => readVaultRecord(keeper.paths, one.repositoryId)));
  const without = records.filter((record) => record.sealKind === "none").length;
  const small = records.filter((record) => record.sealKind === "small-files-only").length;
  const say = !keeper.root
    ? "Sealed segments have a second name outside the repositories, but belong to the account that serves the clients, because the server does not run as root."
    : small > 0
      ? `In ${count(small)} the sealed segments have no second name: the file system can neither link nor share them. Keep BBS_DATA on one file system such as ext4, XFS or Btrfs.`
      : without > 0
        ? `${count(without)} ${without === 1 ? "waits" : "wait"} for the first audit and ${without === 1 ? "is" : "are"} not sealed yet.`
        : "What was audited belongs to another account than the client's and has a second name outside its reach.";
  return { name: "sealed-segments", on: keeper.root && without + small === 0, say };
}

const count = (repositories: number) =>
  repositories === 1 ? "1 repository" : `${repositories} repositories`;
