import type { AttackOutcome } from "~/domain/attack-lab";
import type { Attack } from "./attack";
import { type GuardedNode, startGuardedNode } from "./guarded-node";
import type { Judged } from "./judge";
import { showsHonestBackupWorks, tryOnOurs } from "./on-ours";
import { tryOnStock } from "./on-stock";
import { type StockServer, startStockServer } from "./stock-server";
import { makeVictim, type Victim } from "./victim";

/** One attack, on stock borg and on ours. `problem`: why the row does not count as contained; null: it does. */
export type Row = AttackOutcome & {
  stockSay: string | null;
  told: string;
  problem: string | null;
  seconds: number;
};

/** A stock server and nodes of ours, started when first needed; attacks are tried on both one after the other. */
export class AttackRange {
  readonly #borg: string;
  #stock: Promise<StockServer> | null = null;
  readonly #nodes = new Map<number, Promise<GuardedNode>>();

  constructor(borg: string) {
    this.#borg = borg;
  }

  stock(): Promise<StockServer> {
    this.#stock ??= startStockServer(this.#borg);
    return this.#stock;
  }

  node(sessionLimitSeconds = 0): Promise<GuardedNode> {
    const known = this.#nodes.get(sessionLimitSeconds);
    if (known) return known;
    const limit = sessionLimitSeconds > 0 ? { sessionLimitSeconds } : {};
    const started = startGuardedNode({ borg: this.#borg, ...limit });
    this.#nodes.set(sessionLimitSeconds, started);
    return started;
  }

  /** A lane takes its attacks one after the other, most of them on one and the same victim. */
  lane(): Lane {
    return new Lane(this, this.#borg);
  }

  async stop(): Promise<void> {
    for (const node of this.#nodes.values()) await (await node).stop();
    await (await this.#stock)?.stop();
  }
}

export class Lane {
  readonly #range: AttackRange;
  readonly #borg: string;
  /** By the word of `Attack.victim`. */
  readonly #victims = new Map<string, { victim: Victim; archives: readonly Judged[] }>();

  constructor(range: AttackRange, borg: string) {
    this.#range = range;
    this.#borg = borg;
  }

  async try(attack: Attack): Promise<Row> {
    const startedAt = performance.now();
    const row = await this.#try(attack).catch((error): Row => {
      this.#victims.delete(attack.victim ?? "shared");
      return failed(attack, error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
    return { ...row, seconds: (performance.now() - startedAt) / 1000 };
  }

  /** After everything: the client whose key was stolen makes a backup with its own cache. Null: it works. */
  async honestBackup(): Promise<string | null> {
    const shared = this.#victims.get("shared");
    return shared ? showsHonestBackupWorks(await this.#range.node(), shared.victim) : null;
  }

  async #try(attack: Attack): Promise<Row> {
    const stock = await tryOnStock(await this.#range.stock(), this.#borg, attack);
    const node = await this.#range.node(attack.sessionLimitSeconds);
    const place = attack.victim ?? "shared";
    const target = this.#victims.get(place) ?? (await freshVictim(node, attack));
    const ours = await tryOnOurs(node, target.victim, target.archives, attack);
    if (ours.layer === null || place === "own") this.#victims.delete(place);
    else this.#victims.set(place, { ...target, archives: ours.archives });
    const problem =
      ours.layer === null
        ? `not contained where it should be: ${ours.bytesLost} bytes lost, gained ${ours.gained}; ${ours.told}`
        : stock.say === null
          ? "it does nothing to stock borg, so it proves nothing"
          : null;
    return {
      ...{ id: attack.id, family: attack.family, title: attack.title, layer: ours.layer },
      ...{ stock: stock.losses, stockSay: stock.say, alarm: ours.alarm !== "none", told: ours.told, problem },
      ours: {
        archivesBefore: ours.archivesBefore,
        archivesAfter: ours.archivesAfter,
        bytesLost: ours.bytesLost,
      },
      granted: ours.gained !== null ? (attack.granted ?? null) : null,
      seconds: 0,
    };
  }
}

async function freshVictim(node: GuardedNode, attack: Attack) {
  const victim = await makeVictim(node, attack);
  const { archives, problem } = await victim.judge();
  if (problem !== null || archives.length < 3) throw new Error(`the victim cannot be read: ${problem}`);
  return { victim, archives };
}

function failed(attack: Attack, problem: string): Row {
  const nothing = { archivesBefore: 0, archivesAfter: 0, bytesLost: 0 };
  return {
    ...{
      id: attack.id,
      family: attack.family,
      title: attack.title,
      layer: null,
      stock: null,
      stockSay: null,
    },
    ...{ ours: nothing, alarm: false, granted: null, told: "", problem, seconds: 0 },
  };
}
