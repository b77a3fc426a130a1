import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeeperError } from "~/keeper/client";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { newTestId, type TestClient } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";

const MODES = ["repokey", "authenticated-blake2", "authenticated", "none"] as const;
const KNOWN = { BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes" };

describe.each(sampledBorgs("keeper-encryption"))(
  "a repository of each kind with borg $version",
  ({ borg }) => {
    let node: StorageNode;
    let client: TestClient;
    beforeAll(async () => {
      node = await startStorageNode({ borg, audits: false });
      client = await node.addClient();
    });
    afterAll(() => node.stop());

    it.each(sampled(MODES, 2))(
      "%s is made, filled, audited and checked, and its key is exported if it has one",
      async (encryption) => {
        const repositoryId = newTestId();
        const passphrase = randomBytes(12).toString("hex");
        const ids = { clientId: client.id, repositoryId };
        await node.keeper("create-repository", { ...ids, passphrase, quotaBytes: null, encryption });
        const path = join(node.data, "home", client.id, "repos", repositoryId);
        const repository = {
          id: repositoryId,
          passphrase,
          path,
          url: client.urlOf(`/~/repos/${repositoryId}`),
        };
        const done = await client.borg(
          repository,
          ["create", "--compression=none", "::one", client.keyFile],
          KNOWN,
        );
        expect(done.code, done.err).toBe(0);
        expect(await node.keeper("audit-repository", { ...ids, passphrase })).toMatchObject({
          clean: true,
          newArchives: 1,
        });
        const check = { ...ids, passphrase, kind: "full" as const, budgetSeconds: 60, everyDays: 30 };
        expect((await node.keeper("check-repository", check)).ok).toBe(true);
        const shown = await client.borg(repository, ["info", "--json"], KNOWN);
        expect(JSON.parse(shown.out).encryption.mode).toBe(encryption);
        const key = node.keeper("export-key", { ...ids, passphrase, paper: false });
        if (encryption === "none") await expect(key).rejects.toBeInstanceOf(KeeperError);
        else expect((await key).text).toMatch(/^BORG_KEY /);
        // What encryption is for: a file that is stored lies readable on the disk, or not.
        const secret = readFileSync(client.keyFile, "latin1").slice(0, 200);
        const stored = execFileSync("sh", ["-c", 'cat "$1"/data/0/*', "sh", path], { encoding: "latin1" });
        expect(stored.includes(secret.slice(0, 60))).toBe(encryption !== "repokey");
      },
    );
  },
);
