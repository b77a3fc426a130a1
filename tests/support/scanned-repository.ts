import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Evidence } from "~/domain/tamper";
import { compareSealed, type SealedState } from "~/keeper/vault/compare-sealed";
import { KnownObjects } from "~/keeper/vault/known-objects";
import { type Scan, scanSegments } from "~/keeper/vault/scan-segments";
import { lastCommit, listSegments } from "~/keeper/vault/segment-files";
import type { LedgeredSession } from "~/keeper/vault/session-spans";

/** A repository of a real borg with what an audit needs around it, and no keeper: sessions are told by `session`. */
export class ScannedRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "bbs-scan-"));
  readonly path = join(this.folder, "repository");
  readonly known = new KnownObjects(join(this.folder, "known", "list"), null);
  sessions: LedgeredSession[] = [];
  #sealed: SealedState = { transaction: -1, segments: [], config: "" };
  #sequence = 0;
  readonly #borg: string;

  constructor(borg: string | undefined) {
    this.#borg = borg ?? "borg";
    mkdirSync(join(this.folder, "source"));
    this.borg(["init", "-e", "repokey-blake2", this.path]);
  }

  /** Runs borg to its end; gives what it printed. Throws when it fails. */
  borg(args: readonly string[], input?: Buffer): string {
    return execFileSync(this.#borg, args, {
      env: this.#env(),
      input,
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  start(args: readonly string[]): ChildProcess {
    return spawn(this.#borg, args, {
      env: this.#env(),
      cwd: this.folder,
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  /** What happens in `work` is a session of the ledger. */
  async session(work: () => void | Promise<void>): Promise<number> {
    const before = await lastCommit(this.path);
    await work();
    const sequence = ++this.#sequence;
    this.sessions.push({ sequence, before, after: await lastCommit(this.path) });
    return sequence;
  }

  async scan(): Promise<Scan> {
    return scanSegments({
      path: this.path,
      after: this.#sealed.transaction,
      through: await lastCommit(this.path),
      sessions: this.sessions,
      known: this.known,
    });
  }

  async compare(): Promise<Evidence[]> {
    return compareSealed(this.path, this.#sealed, await listSegments(this.path), `${this.path}-vault`);
  }

  /** Takes what is there for clean. */
  async seal(): Promise<void> {
    const transaction = await lastCommit(this.path);
    await this.known.rebuild(this.path);
    this.#sealed = {
      transaction,
      segments: [...(await listSegments(this.path)).values()].filter(({ n }) => n <= transaction),
      config: readFileSync(join(this.path, "config"), "latin1"),
    };
    this.sessions = [];
  }

  /** As an audit does after a clean scan: what it found is known from here on. */
  async sealScanned(scan: Scan): Promise<void> {
    await this.known.add(scan.newIds);
    const segments = [...(await listSegments(this.path)).values()].filter(({ n }) => n <= scan.transaction);
    this.#sealed = { ...this.#sealed, transaction: scan.transaction, segments };
    this.sessions = [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #env() {
    return {
      PATH: process.env.PATH,
      NODE_ENV: "production" as const,
      LANG: "C.UTF-8",
      TZ: "UTC",
      BORG_BASE_DIR: join(this.folder, "base"),
      BORG_PASSPHRASE: "correct horse",
      BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "YES",
    };
  }
}
