import type { Action } from "~/domain/permission";
import { SETTINGS } from "~/domain/settings";
import type { RouterInputs } from "~/server/api/root";
import { newId } from "~/server/db/new-id";
import type { Machine, SmallFleet } from "./small-fleet";

/**
 * What every procedure can be called with in a small fleet. Edit when a procedure is added: without a row here the types do not fit.
 *
 * `input` alone: only the declared permission is asked. With `missing` it is about a thing, which is `of` the machine web-01 or `of` a
 * person who is none of the callers; `missing` is the same input with an id that never was. `needs`: what the thing itself demands,
 * where that is not what the procedure declares. `gives`: what the input hands on, which the caller must have.
 */
export type ProcedureRow<Input> =
  | { input: Input; gives?: Action }
  | { input: Input; missing: Input; of: "web-01"; needs?: Action }
  | { input: Input; missing: Input; of: "a person" };

type Rows = {
  [Room in keyof RouterInputs]: {
    [Name in keyof RouterInputs[Room]]: ProcedureRow<RouterInputs[Room][Name]>;
  };
};

const NONE = { input: undefined };
const plain = <Input>(input: Input) => ({ input });

/** A row about a thing of web-01: `write` makes the input from its id. */
const ofWeb = <Input>(id: string, write: (id: string) => Input, needs?: Action) => ({
  ...{ input: write(id), missing: write(newId()), of: "web-01" as const },
  ...(needs ? { needs } : {}),
});
const ofSomebody = <Input>(id: string, write: (id: string) => Input) => ({
  ...{ input: write(id), missing: write(newId()), of: "a person" as const },
});

export function procedureInputs(fleet: Omit<SmallFleet, "world" | "db">): Rows {
  return {
    ...thingsOfMachines(fleet.web),
    ...peopleAndSettings(fleet),
    ...ownThings(fleet),
  };
}

const byId = (id: string) => ({ id });
const page = { limit: 5 };
const week = { from: new Date("2026-11-23T00:00:00Z"), to: new Date("2026-11-30T00:00:00Z") };
const night = { from: "22:00", to: "06:00", zone: "Europe/Berlin" };
const planSettings = (web: Machine) => ({
  ...{ repositoryId: web.repositoryId, name: "Another", sources: ["/etc"], excludes: [], compression: "lz4" },
  ...{ oneFileSystem: false, excludeCaches: false, keep: null },
});

function thingsOfMachines(web: Machine) {
  const archive = web.archiveId;
  const { clientId, planId, repositoryId, incidentId } = web;
  return {
    updates: {
      ...{ releases: NONE, versions: NONE, settings: NONE, askFeed: NONE },
      addRelease: plain({ manifest: btoa("{}"), signatures: btoa("[]") }),
      storeChunk: plain({ sha256: "0".repeat(64), position: 0, bytes: btoa("none") }),
      removeRelease: plain({ id: newId() }),
      saveSettings: plain(SETTINGS.updates.parse({})),
      updateClient: ofWeb(clientId, (id) => ({ clientId: id, releaseId: newId() }), "manage-clients"),
    },
    archives: {
      list: plain(page),
      get: ofWeb(archive, byId),
      retained: ofWeb(web.planId, (id) => ({ planId: id })),
      folder: ofWeb(archive, (id) => ({ id, path: "" })),
      browse: ofWeb(archive, (id) => ({ id, path: "" })),
      locate: ofWeb(archive, (id) => ({ id, path: btoa("etc/hosts") })),
      measure: ofWeb(archive, (id) => ({ id, paths: [btoa("etc/hosts")] })),
      comparable: ofWeb(archive, byId),
      find: plain({ text: "hosts" }),
      timeline: ofWeb(web.repositoryId, (id) => ({ repositoryId: id, path: btoa("etc/hosts") })),
      compare: ofWeb(archive, (id) => ({ before: id, after: archive, path: "" })),
      grew: ofWeb(archive, (id) => ({ before: id, after: archive })),
      largest: ofWeb(archive, byId),
      suspicion: ofWeb(archive, (id) => ({ archiveId: id })),
      changedFiles: ofWeb(archive, (id) => ({ archiveId: id })),
      cleanSet: ofWeb(archive, (id) => ({ archiveId: id })),
      resolveSuspicion: ofWeb(archive, (id) => ({
        ...{ archiveId: id, resolution: "ours" as const, reason: "tidied up" },
      })),
      remove: ofWeb(archive, (id) => ({ id, typedName: "not its name" })),
      bringBack: ofWeb(web.trashedArchiveId, byId),
      protect: ofWeb(archive, (id) => ({ id, protected: true })),
    },
    downloads: {
      prepare: ofWeb(archive, (id) => ({
        archiveId: id,
        paths: [btoa("etc/hosts")],
        format: "file" as const,
      })),
    },
    clients: {
      list: plain(page),
      get: ofWeb(clientId, byId),
      checklist: ofWeb(clientId, byId),
      sessions: ofWeb(clientId, (id) => ({ id, ...page })),
      create: plain({ name: "new-01" }),
      newEnrolment: ofWeb(clientId, byId),
      rename: ofWeb(clientId, (id) => ({ id, name: "renamed" })),
      remove: ofWeb(clientId, (id) => ({ id, typedName: "not its name" })),
      tags: NONE,
      setQuotas: ofWeb(clientId, (id) => ({ id, quotaBytes: null, softQuotaBytes: 1 })),
      setTags: ofWeb(clientId, (id) => ({ id, tags: ["front"] })),
    },
    jobs: {
      list: plain(page),
      get: ofWeb(web.failedJobId, byId),
      log: ofWeb(web.failedJobId, byId),
      cancel: ofWeb(web.queuedJobId, byId, "backup"),
      retry: ofWeb(web.failedJobId, byId, "backup"),
      cancelMany: plain({ ids: [web.queuedJobId] }),
      retryMany: plain({ ids: [web.failedJobId] }),
      watch: ofWeb(web.failedJobId, byId),
    },
    looks: {
      browse: ofWeb(clientId, (id) => ({ clientId: id, path: btoa("/etc") })),
      dryRun: ofWeb(planId, (id) => ({ planId: id })),
      testExcludes: ofWeb(clientId, (id) => ({
        ...{ clientId: id, sources: ["/etc"], excludes: [], oneFileSystem: false, excludeCaches: false },
      })),
      result: ofWeb(web.lookJobId, (id) => ({ jobId: id })),
      gaps: ofWeb(clientId, (id) => ({ clientId: id })),
      findGaps: ofWeb(clientId, (id) => ({ clientId: id })),
      dismissGap: ofWeb(clientId, (id) => ({ clientId: id, path: "/srv", dismissed: true })),
      addGap: ofWeb(planId, (id) => ({ planId: id, path: "/srv" })),
    },
    alerts: {
      list: plain(page),
      get: plain({ id: newId() }),
      counts: NONE,
      acknowledge: plain({ ids: [newId()] }),
    },
    live: { changes: plain({}) },
    overview: { get: NONE },
    planProfiles: {
      list: plain({}),
      get: plain(byId(newId())),
      create: plain({ kind: "profile" as const, name: "Servers", settings: { keep: null } }),
      update: plain({ id: newId(), name: "Servers", settings: { keep: null }, updatedAt: new Date(0) }),
      remove: plain(byId(newId())),
      preview: plain({ id: newId(), ...page }),
      applyTo: ofWeb(planId, (id) => ({
        ...{ id: newId(), updatedAt: new Date(0), plans: [{ id, updatedAt: new Date(0) }] },
      })),
    },
    plans: {
      list: plain(page),
      get: ofWeb(planId, byId),
      objective: ofWeb(planId, byId),
      create: ofWeb(clientId, (id) => ({ clientId: id, ...planSettings(web) })),
      update: ofWeb(planId, (id) => ({ id, ...planSettings(web) })),
      remove: ofWeb(planId, (id) => ({ id, typedName: "not its name" })),
      duplicate: ofWeb(planId, (id) => ({ ...{ id, clientId, repositoryId }, name: "A copy" })),
      previewKeep: ofWeb(planId, (id) => ({ planId: id, keep: null })),
      run: ofWeb(planId, byId),
    },
    schedules: {
      calendar: plain(week),
      blackouts: plain({}),
      load: NONE,
      skipped: plain(page),
      pause: ofWeb(planId, (id) => ({ planId: id })),
      resume: ofWeb(planId, (id) => ({ planId: id })),
      move: ofWeb(planId, (id) => ({ planId: id, schedule: null })),
      spread: ofWeb(planId, (id) => ({ planIds: [id], ...night, apply: false })),
    },
    repositoryImports: {
      list: NONE,
      inspect: plain({ of: { repositoryId: newId() }, clientId: null, name: "nas", passphrase: "" }),
      adopt: plain({ id: newId() }),
      discard: plain({ id: newId() }),
    },
    repositories: {
      list: plain(page),
      get: ofWeb(repositoryId, byId),
      create: ofWeb(clientId, (id) => ({ clientId: id, name: "another", quotaBytes: null })),
      retry: ofWeb(repositoryId, byId),
      revealPassphrase: ofWeb(repositoryId, byId),
      locations: ofWeb(clientId, (id) => ({ clientId: id })),
      rename: ofWeb(repositoryId, (id) => ({ id, name: "another" })),
      setQuotas: ofWeb(repositoryId, (id) => ({ id, quotaBytes: null, softQuotaBytes: 1000 })),
      remove: ofWeb(repositoryId, (id) => ({ id, typedName: "not its name", graceDays: 14 })),
      undoRemove: ofWeb(repositoryId, byId),
      check: ofWeb(repositoryId, (id) => ({ id, kind: "quick" as const })),
      breakLock: ofWeb(repositoryId, byId),
      moveOffer: ofWeb(repositoryId, byId),
      move: ofWeb(repositoryId, (id) => ({ id, location: "nowhere" })),
      repair: ofWeb(repositoryId, (id) => ({ id, typedName: "not its name" })),
      undoRepair: ofWeb(repositoryId, (id) => ({ id, typedName: "not its name" })),
    },
    reports: {
      certificates: plain(page),
      certificate: ofWeb(web.certificateId, byId),
      key: NONE,
      restoreTime: ofWeb(clientId, (id) => ({ clientId: id })),
      drill: ofWeb(archive, (id) => ({ archiveId: id, scope: "everything" as const })),
      drillPlan: ofWeb(planId, (id) => ({ planId: id })),
    },
    restores: {
      start: ofWeb(archive, (id) => ({
        ...{ parts: [{ archiveId: id, paths: [] }], target: { kind: "restore-folder" as const } },
        ...{ existing: "overwrite" as const, owners: "keep" as const, dryRun: false },
      })),
      resume: ofWeb(web.cutRestoreId, (id) => ({ jobId: id })),
      startDatabase: ofWeb(archive, (id) => ({
        ...{ archiveId: id, entry: "main", dump: "databases/main/app.dump", into: "app", replace: false },
      })),
      databases: ofWeb(archive, (id) => ({ archiveId: id })),
      options: ofWeb(archive, (id) => ({ archiveId: id })),
    },
    vault: {
      get: ofWeb(repositoryId, (id) => ({ repositoryId: id })),
      incidents: plain(page),
      incident: ofWeb(incidentId, byId),
      sessions: ofWeb(repositoryId, (id) => ({ repositoryId: id, ...page })),
      audit: ofWeb(repositoryId, (id) => ({ repositoryId: id })),
      compact: ofWeb(repositoryId, (id) => ({ repositoryId: id })),
      rollBack: ofWeb(incidentId, (id) => ({ incidentId: id, typedName: "not its name" })),
      accept: ofWeb(incidentId, (id) => ({ incidentId: id, typedName: "not its name", reason: "none" })),
      releaseOldSeals: ofWeb(repositoryId, (id) => ({ repositoryId: id, typedName: "not its name" })),
      setRules: ofWeb(repositoryId, (id) => ({
        ...{ repositoryId: id, trashDays: 7, keepOldSealDays: 7, floorNewest: 1, floorWeeklyDays: 0 },
      })),
      paperKey: ofWeb(repositoryId, (id) => ({ repositoryId: id })),
      recoverySheet: ofWeb(repositoryId, (id) => ({ repositoryId: id })),
    },
  };
}

const alertChannel = {
  ...{ kind: "mail" as const, name: "Admins", to: ["ada@example.test"], planId: null },
  ...{ minSeverity: "warning" as const, enabled: true },
};

function browserSubscription() {
  return {
    ...{ endpoint: "https://push.example.test/1", p256dh: "A".repeat(87), auth: "A".repeat(22) },
    minSeverity: "serious" as const,
  };
}

function peopleAndSettings({ bystander, invitationId }: Pick<SmallFleet, "bystander" | "invitationId">) {
  const { userId } = bystander;
  const account = { name: "Bystander", email: bystander.email, role: "user" as const };
  return {
    alertChannels: {
      list: NONE,
      create: plain(alertChannel),
      update: plain({ ...alertChannel, id: newId() }),
      remove: plain({ id: newId() }),
      test: plain({ id: newId() }),
      testState: plain({ id: newId() }),
      settings: NONE,
      saveSettings: plain({ escalateHours: 4 }),
    },
    people: {
      list: plain(page),
      get: plain({ userId }),
      update: plain({ userId, ...account }),
      setGrants: plain({ userId, grants: [] }),
      approve: plain({ userId, role: "user" as const, grants: [] }),
      disable: plain({ userId }),
      enable: plain({ userId }),
      remove: plain({ userId, typedEmail: "not its address" }),
      sessions: plain({ userId }),
      endSession: plain({ userId, signInId: bystander.signInId }),
      resetSecondFactor: plain({ userId }),
      invitations: NONE,
      invite: plain({ ...account, email: "another@example.test", grants: [] }),
      revokeInvitation: plain({ id: invitationId }),
    },
    journal: {
      list: plain(page),
      get: plain({ id: 1 }),
      authors: NONE,
      anchor: NONE,
      saveAnchor: plain({ mailTo: "", postTo: "" }),
    },
    mailSettings: {
      get: NONE,
      save: plain({ value: SETTINGS.mail.parse({}), password: null }),
      sendTest: plain({ to: "a@example.test" }),
      testState: plain({ id: newId() }),
    },
    oidcSettings: {
      get: NONE,
      save: plain({ value: SETTINGS.oidc.parse({}), secret: null }),
      test: plain({ issuer: "not an address", hasSecret: false }),
    },
    maintenanceSettings: {
      get: NONE,
      save: plain({
        ...{ windows: [], zone: "UTC", rollingChecks: true, checkEveryDays: 30 },
        ...{ budgetMinutes: 30, compactEveryDays: 1 },
      }),
    },
    queueSettings: { get: NONE, save: plain(SETTINGS.queue.parse({})) },
    outgoingSettings: { get: NONE, save: plain({ allowed: [] }) },
    signInSettings: { ways: NONE, get: NONE, save: plain(SETTINGS["sign-in"].parse({})) },
    security: { get: NONE, reportFacts: NONE },
    selfBackups: { list: NONE, start: NONE, makeKey: plain({ typed: "recovery key" as const }) },
    system: { status: NONE, attackLab: NONE, room: plain({ repositoryId: newId() }) },
  };
}

function ownThings({ bystander }: Pick<SmallFleet, "bystander">) {
  const password = "correct horse battery staple";
  const credential = { id: "aaaa", rawId: "aaaa", type: "public-key" as const };
  const answer = { clientDataJSON: "aaaa", authenticatorData: "aaaa", signature: "aaaa" };
  const passkey = { challengeId: newId(), response: { ...credential, response: answer } };
  const newPasskey = {
    ...{ challengeId: newId(), name: "A key" },
    response: { ...credential, response: { clientDataJSON: "aaaa", attestationObject: "aaaa" } },
  };
  return {
    me: { get: NONE },
    pushAlerts: {
      ...{ list: NONE, prepare: NONE, turnOn: plain(browserSubscription()) },
      ...{ turnOff: plain({ id: newId() }), change: plain({ id: newId(), minSeverity: "info" as const }) },
      ...{
        follow: plain({ mark: "0".repeat(64) }),
        test: plain({ id: newId() }),
        testState: plain({ id: newId() }),
      },
    },
    digests: { get: NONE, save: plain({ choice: null }), preview: plain({ every: "day" as const }) },
    tokens: {
      list: NONE,
      scopes: NONE,
      create: {
        input: { name: "a script", scopes: ["view" as const], expiresInDays: 1 },
        gives: "view" as const,
      },
      revoke: ofSomebody(bystander.tokenId, byId),
      listAll: plain({}),
      revokeAny: plain({ id: bystander.tokenId }),
    },
    account: {
      get: NONE,
      rename: plain({ name: "Another name" }),
      sessions: NONE,
      endSession: ofSomebody(bystander.signInId, byId),
      endOtherSessions: NONE,
      changePassword: plain({ current: password, next: password }),
      /** Too short to be worth hashing: that takes a second for each caller. */
      setPassword: plain({ password: "short" }),
    },
    confirm: {
      ways: NONE,
      withPassword: plain({ password }),
      withTotp: plain({ code: "000000" }),
      beginPasskey: NONE,
      withPasskey: plain(passkey),
    },
    secondFactor: {
      state: NONE,
      beginTotp: NONE,
      confirmTotp: plain({ code: "000000" }),
      removeTotp: NONE,
      makeRecoveryCodes: NONE,
      beginPasskey: NONE,
      addPasskey: plain(newPasskey),
      renamePasskey: ofSomebody(bystander.passkeyId, (id) => ({ id, name: "Mine" })),
      removePasskey: ofSomebody(bystander.passkeyId, byId),
    },
    signInSteps: {
      state: NONE,
      showTotp: plain({ code: "000000" }),
      showRecoveryCode: plain({ code: "aaaaa-aaaaa" }),
      beginPasskey: NONE,
      showPasskey: plain(passkey),
      beginPasskeySignIn: NONE,
    },
    setup: {
      state: NONE,
      checkLink: plain({ token: "none" }),
      complete: plain({ token: "none", email: "a@example.test", name: "A", password }),
    },
    join: {
      check: plain({ token: "none" }),
      accept: plain({ token: "none", name: "A", password }),
    },
    passwordReset: {
      state: NONE,
      ask: plain({ email: "nobody@example.test" }),
      check: plain({ token: "none" }),
      complete: plain({ token: "none", password }),
    },
  };
}
