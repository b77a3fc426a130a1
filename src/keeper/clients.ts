import { chmod, chown, mkdir, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { z } from "zod";
import { withMachineLock } from "./machine-lock";
import type { StoragePaths } from "./paths";
import { KeeperRefuses } from "./refusal";
import { ensureAccount, ensureGroup, nextNumber, removeAccount, type UnixAccount } from "./unix-account";
import { writeAtomically } from "./write-atomically";

const number = z.number().int().positive();
const client = z.object({
  /** Null once the client was removed: its repositories stay and keep the numbers. */
  sshPublicKey: z.string().nullable(),
  /** Numbers of `bbs-<id>` (also of the group) and `bbv-<id>`; null where the keeper is not root. */
  numbers: z.object({ serve: number, vault: number }).nullable(),
  /** Most that all its repositories may hold together; null: no limit. */
  quotaBytes: z.number().int().nonnegative().nullable().default(null),
});
const clientsFile = z.object({ clients: z.record(z.string().regex(/^[a-z0-9]{1,20}$/), client) });
type Client = z.output<typeof client>;

/** Who acts for a client here: `serve` runs the gate and borg serve, `vault` owns what must last and runs our own borg. */
export type ClientAccounts = { serve: UnixAccount; vault: UnixAccount };

/**
 * The clients this storage node serves, remembered in `keeper/accounts.json`. As root each has two Unix accounts; else all of them
 * share the account the keeper runs as and only the forced command tells them apart.
 */
export class Clients {
  readonly #root: boolean;
  readonly #paths: StoragePaths;
  #clients: Record<string, Client> = {};

  private constructor(paths: StoragePaths, root: boolean) {
    this.#paths = paths;
    this.#root = root;
  }

  /** Reads the file and makes missing accounts and homes again with their old numbers. */
  static async load(paths: StoragePaths, root: boolean): Promise<Clients> {
    const clients = new Clients(paths, root);
    try {
      clients.#clients = clientsFile.parse(JSON.parse(await readFile(paths.accounts, "utf8"))).clients;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    for (const [id, remembered] of Object.entries(clients.#clients)) {
      await clients.#makeAccounts(id, remembered);
      if (remembered.sshPublicKey !== null) await clients.#makeHome(id);
    }
    return clients;
  }

  /** Ids of the clients that may connect. */
  living(): string[] {
    return Object.entries(this.#clients)
      .filter(([, known]) => known.sshPublicKey !== null)
      .map(([id]) => id);
  }

  keyOf(id: string): string | null {
    return this.#clients[id]?.sshPublicKey ?? null;
  }

  isKnown(id: string): boolean {
    return this.#clients[id] !== undefined;
  }

  /** Most that all repositories of a client may hold together; null: no limit, or not known here. */
  quotaOf(id: string): number | null {
    return this.#clients[id]?.quotaBytes ?? null;
  }

  /** From the next writing session on. Refuses a client that was never here. One call at a time (`Keeper.clientTurns`). */
  async setQuota(id: string, quotaBytes: number | null): Promise<void> {
    const known = this.#clients[id];
    if (!known) throw new KeeperRefuses("client-missing", "This storage node does not know the client.");
    this.#clients[id] = { ...known, quotaBytes };
    await this.#save();
  }

  /** Refuses when the client was never here. */
  accountsOf(id: string): ClientAccounts {
    const known = this.#clients[id];
    if (!known) throw new KeeperRefuses("client-missing", "This storage node does not know the client.");
    if (!this.#root) {
      const own = userInfo();
      const account = { name: own.username, uid: own.uid, gid: own.gid };
      return { serve: account, vault: account };
    }
    if (!known.numbers) throw new Error(`client ${id} was made without root; its files have no accounts`);
    return {
      serve: { name: `bbs-${id}`, uid: known.numbers.serve, gid: known.numbers.serve },
      vault: { name: `bbv-${id}`, uid: known.numbers.vault, gid: known.numbers.serve },
    };
  }

  /**
   * Remembers first, then makes: numbers that were used once are never lost. May run twice. One call at a time (`Keeper.clientTurns`).
   */
  async provision(id: string, sshPublicKey: string): Promise<ClientAccounts> {
    const make = async () => {
      const numbers = this.#clients[id]?.numbers ?? (this.#root ? await this.#newNumbers() : null);
      const client = { sshPublicKey, numbers, quotaBytes: this.quotaOf(id) };
      this.#clients[id] = client;
      await this.#save();
      await this.#makeAccounts(id, client);
    };
    await (this.#root ? withMachineLock(make) : make());
    await this.#makeHome(id);
    return this.accountsOf(id);
  }

  /** From here on the client may not connect. Its numbers stay taken. */
  async forgetKey(id: string): Promise<void> {
    const known = this.#clients[id];
    if (!known) return;
    this.#clients[id] = { ...known, sshPublicKey: null };
    await this.#save();
  }

  /** The account that can sign in goes; `bbv-<id>` stays, because the repositories are still read and checked. */
  async removeServeAccount(id: string): Promise<void> {
    if (this.#root) await removeAccount(`bbs-${id}`);
  }

  async #newNumbers() {
    const remembered = Object.values(this.#clients).flatMap((known) =>
      known.numbers ? [known.numbers.serve, known.numbers.vault] : [],
    );
    const serve = await nextNumber(remembered);
    return { serve, vault: serve + 1 };
  }

  async #makeAccounts(id: string, { numbers, sshPublicKey }: Client) {
    if (!this.#root || !numbers) return;
    const home = this.#paths.home(id);
    const gid = await ensureGroup(`bbs-${id}`, numbers.serve);
    await ensureAccount({ name: `bbv-${id}`, uid: numbers.vault, gid, home, shell: "/usr/sbin/nologin" });
    if (sshPublicKey !== null)
      await ensureAccount({ name: `bbs-${id}`, uid: numbers.serve, gid, home, shell: "/bin/sh" });
  }

  /** Root-owned, so that the client cannot put files of its own there; its group may pass through. */
  async #makeHome(id: string) {
    for (const folder of [this.#paths.home(id), this.#paths.repositories(id), this.#paths.known(id)]) {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      if (!this.#root) continue;
      await chown(folder, 0, this.accountsOf(id).serve.gid);
      await chmod(folder, 0o750);
    }
  }

  async #save() {
    await writeAtomically(
      this.#paths.accounts,
      `${JSON.stringify({ clients: this.#clients }, null, 1)}\n`,
      0o600,
    );
  }
}
