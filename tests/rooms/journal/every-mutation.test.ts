import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JournalAction } from "~/domain/journal-action";
import { appRouter } from "~/server/api/root";

/** Which entry each mutation leaves when it has changed something. A new mutation stands here or below, or this file fails. */
const LEAVES: Record<string, JournalAction> = {
  "account.rename": "user.changed",
  "account.endSession": "sign-in.ended",
  "account.endOtherSessions": "sign-in.ended",
  "account.changePassword": "password.changed",
  "account.setPassword": "password.changed",
  "alerts.acknowledge": "alert.acknowledged",
  "alertChannels.create": "alert-channel.created",
  "alertChannels.update": "alert-channel.changed",
  "alertChannels.remove": "alert-channel.removed",
  "alertChannels.saveSettings": "settings.changed",
  "archives.remove": "archives.trash.asked",
  "archives.bringBack": "archives.bring-back.asked",
  "archives.resolveSuspicion": "archives.suspicion.resolved",
  "archives.protect": "archives.protect.asked",
  "clients.create": "client.created",
  "clients.newEnrolment": "client.enrolment",
  "clients.rename": "client.renamed",
  "clients.setTags": "client.tags",
  "clients.setQuotas": "client.quota",
  "clients.remove": "client.removed",
  "downloads.prepare": "download.asked",
  "jobs.cancel": "job.cancelled",
  "jobs.retry": "job.retried",
  "jobs.cancelMany": "job.cancelled",
  "jobs.retryMany": "job.retried",
  "join.accept": "user.joined",
  "journal.saveAnchor": "settings.changed",
  "looks.addGap": "plan.changed",
  "looks.dismissGap": "plan.gap",
  "looks.dryRun": "disk.dry-run",
  "looks.findGaps": "disk.searched",
  "looks.testExcludes": "disk.dry-run",
  "mailSettings.save": "settings.changed",
  "oidcSettings.save": "settings.changed",
  "maintenanceSettings.save": "settings.changed",
  "outgoingSettings.save": "settings.changed",
  "queueSettings.save": "settings.changed",
  "selfBackups.start": "self-backup.asked",
  "selfBackups.makeKey": "settings.changed",
  "signInSettings.save": "settings.changed",
  "people.update": "user.changed",
  "people.setGrants": "user.grants",
  "people.approve": "user.approved",
  "people.disable": "user.disabled",
  "people.enable": "user.enabled",
  "people.remove": "user.deleted",
  "people.endSession": "sign-in.ended",
  "people.resetSecondFactor": "second-factor.reset",
  "people.invite": "user.invited",
  "people.revokeInvitation": "user.invitation-revoked",
  "passwordReset.ask": "password.reset.asked",
  "passwordReset.complete": "password.reset",
  "plans.create": "plan.created",
  "plans.update": "plan.changed",
  "plans.remove": "plan.removed",
  "plans.duplicate": "plan.created",
  "pushAlerts.prepare": "settings.changed",
  "pushAlerts.turnOn": "alert-push.on",
  "pushAlerts.turnOff": "alert-push.off",
  "planProfiles.create": "plan.profile-created",
  "planProfiles.update": "plan.profile-changed",
  "planProfiles.remove": "plan.profile-removed",
  "planProfiles.applyTo": "plan.profile-applied",
  "plans.run": "backup.started",
  "repositories.create": "repository.created",
  "repositories.retry": "repository.retried",
  "repositories.revealPassphrase": "repository.passphrase",
  "repositories.rename": "repository.renamed",
  "repositories.setQuotas": "repository.quota",
  "repositories.remove": "repository.removed",
  "repositories.undoRemove": "repository.removal-undone",
  "repositories.check": "repository.check.asked",
  "repositories.breakLock": "repository.lock.asked",
  "repositories.move": "repository.move.asked",
  "repositories.repair": "repository.repair.asked",
  "repositories.undoRepair": "repository.repair-undo.asked",
  "repositoryImports.inspect": "repository.import.asked",
  "repositoryImports.adopt": "repository.adopt.asked",
  "repositoryImports.discard": "repository.import-discarded",
  "reports.drill": "drill.asked",
  "reports.drillPlan": "drill.asked",
  "restores.start": "restore.started",
  "restores.resume": "restore.started",
  "restores.startDatabase": "restore.started",
  "schedules.move": "schedule.changed",
  "schedules.pause": "schedule.paused",
  "schedules.resume": "schedule.resumed",
  "schedules.spread": "schedule.changed",
  "secondFactor.confirmTotp": "second-factor.added",
  "secondFactor.removeTotp": "second-factor.removed",
  "secondFactor.makeRecoveryCodes": "recovery-codes.made",
  "secondFactor.addPasskey": "passkey.added",
  "secondFactor.removePasskey": "passkey.removed",
  "setup.complete": "setup",
  "confirm.withTotp": "second-factor.failed",
  "signInSteps.showTotp": "second-factor.failed",
  "signInSteps.showRecoveryCode": "recovery-codes.used",
  "tokens.create": "token.created",
  "tokens.revoke": "token.revoked",
  "tokens.revokeAny": "token.revoked",
  "updates.addRelease": "release.added",
  "updates.removeRelease": "release.removed",
  "updates.saveSettings": "settings.changed",
  "updates.updateClient": "client.update.asked",
  "vault.audit": "vault.audit.asked",
  "vault.compact": "vault.compact.asked",
  "vault.rollBack": "vault.roll-back.asked",
  "vault.accept": "vault.accept.asked",
  "vault.releaseOldSeals": "vault.old-seals.asked",
  "vault.setRules": "vault.rules.asked",
  "vault.paperKey": "vault.paper-key",
  "vault.recoverySheet": "repository.recovery-sheet",
};

/** What leaves none, and why it need not. */
const SILENT: Record<string, string> = {
  "confirm.withPassword":
    "notes on the own sign-in that it was confirmed; what that opens is journaled itself",
  "confirm.withPasskey": "the same",
  "confirm.beginPasskey": "makes a challenge and changes nothing that counts",
  "signInSteps.showPasskey": "raises the own sign-in, which is journaled",
  "signInSteps.beginPasskey": "makes a challenge",
  "signInSteps.beginPasskeySignIn": "makes a challenge",
  "secondFactor.beginTotp": "a factor counts from its confirmation on, which is journaled",
  "secondFactor.beginPasskey": "makes a challenge",
  "secondFactor.renamePasskey": "a name for its owner's own eyes",
  "oidcSettings.test": "asks the provider and stores nothing",
  "alertChannels.test": "sends a test to where an admin has set up already and changes nothing",
  "pushAlerts.change": "how grave an alert must be for its owner's own browser",
  "pushAlerts.follow": "binds the own browser to the sign-in that is in it, which is journaled",
  "pushAlerts.test": "sends a test to the own browser and changes nothing",
  "updates.storeChunk": "a chunk counts only as part of a file that a release names, which is journaled",
  "updates.askFeed":
    "lets the worker look earlier at an address of the settings; what comes of it is journaled",
  "digests.save": "a mail to its owner, by what that person may see anyway",
  "mailSettings.sendTest": "sends a mail to the admin who asked and changes nothing",
};

const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

/** tRPC keeps them flat, by dotted path, whatever its types say. */
const mutations = Object.entries<unknown>(appRouter._def.procedures)
  .filter(([, procedure]) => within(procedure, "_def", "type") === "mutation")
  .map(([path]) => path);

function within(value: unknown, ...keys: string[]): unknown {
  return keys.reduce((at, key) => Reflect.get(Object(at), key), value);
}

describe("every mutation", () => {
  it("is known here: by the entry it leaves, or by why it leaves none", () => {
    expect(mutations.length).toBeGreaterThan(60);
    expect(mutations.filter((path) => !(path in LEAVES) && !(path in SILENT))).toEqual([]);
    expect(Object.keys(LEAVES).filter((path) => path in SILENT)).toEqual([]);
    expect(Object.keys(SILENT).length).toBeLessThan(mutations.length / 5);
  });

  it.each(Object.entries(LEAVES).filter(([path]) => mutations.includes(path)))(
    "%s reaches the line that appends %s",
    (path, action) => {
      const reached = [...filesReachedBy(path)].filter((file) => appends(file, action));
      expect(reached.length, `no operation of ${path} appends ${action}`).toBeGreaterThan(0);
    },
  );
});

/** Whether a file has that very action as a text and calls `appendEntry`. */
function appends(file: string, action: string): boolean {
  const text = readFileSync(file, "utf8");
  return text.includes("appendEntry(") && text.includes(`"${action}"`);
}

/** The operations that the procedure's own lines in its router name, and everything on the server that those import. */
function filesReachedBy(path: string): Set<string> {
  const [room = "", name = ""] = path.split(".");
  const { file, text } = routerOf(room, name);
  const imports = importsOf(file, text);
  const lines = procedureText(text, name);
  const named = imports.filter(({ names }) => names.some((one) => new RegExp(`\\b${one}\\b`).test(lines)));
  expect(named.length, `${path} calls nothing`).toBeGreaterThan(0);
  const seen = new Set<string>();
  const open = named.map((one) => one.file);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || !next.startsWith(join(SRC, "server/"))) continue;
    seen.add(next);
    open.push(...importsOf(next, readFileSync(next, "utf8")).map((one) => one.file));
  }
  return seen;
}

/** Procedures that a router takes over from another file stand there. */
function routerOf(room: string, name: string): { file: string; text: string } {
  const folder = join(SRC, "server/api/routers");
  for (const entry of readdirSync(folder)) {
    const file = join(folder, entry);
    const text = readFileSync(file, "utf8");
    const isRooms = text.includes(`export const ${room}Router = router({`) || text.includes("Procedures = {");
    if (isRooms && text.includes(`\n  ${name}: `)) return { file, text };
  }
  throw new Error(`no router for ${room}`);
}

/** From the procedure's name to the next one's; helpers of the router that it calls count too. */
function procedureText(text: string, name: string): string {
  const own = new RegExp(`\\n  ${name}: ([\\s\\S]*?)(?=\\n  (?:/\\*\\*|[a-zA-Z]+:)|\\n\\})`).exec(text)?.[1];
  if (own === undefined) throw new Error(`no procedure ${name} in its router`);
  const helpers = [...text.matchAll(/\n(?:async )?function (\w+)[\s\S]*?\n\}/g)];
  return (
    own +
    helpers
      .filter(([, helper = ""]) => own.includes(`${helper}(`))
      .map(([body]) => body)
      .join("")
  );
}

function importsOf(file: string, text: string): { names: string[]; file: string }[] {
  return [...text.matchAll(/import (?!type )\{([^}]*)\} from "(~\/|\.{1,2}\/)([^"]+)"/g)].flatMap(
    ([, names = "", base = "", rest = ""]) => {
      const stem = base === "~/" ? join(SRC, rest) : join(dirname(file), base + rest);
      const found = [`${stem}.ts`, `${stem}.tsx`].find(existsSync);
      const plain = names
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one && !one.startsWith("type "));
      return found ? [{ file: found, names: plain }] : [];
    },
  );
}
