import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "otplib";
import { createBbsClient } from "~/api-client/create-bbs-client";
import { TOKEN_PRESETS } from "~/domain/token-scopes";
import { openPool } from "~/server/db";
import { backUp, makePlan, makeRepository } from "./backup-story";
import { type ClientMachine, enrolMachine, tokenOf } from "./client-machine";
import { ConsoleSession } from "./console-session";
import { startMailServer, textOf } from "./mail-server";
import type { PlantedSecrets } from "./planted-secrets";
import type { RealStack } from "./real-stack";
import { runProgram } from "./run-program";
import { until } from "./until";

/** Passwords and the like that people chose: each is found again wherever it is written. */
const CHOSEN = {
  admin: "planted admin password 7f3a",
  weak: "planted12345",
  wrong: "planted wrong password 91be",
  guest: "planted guest password c40d",
  next: "planted next password 5a6e",
  smtp: "planted smtp password 2c2f",
  oidc: "planted oidc secret e8b1",
  recovery: "zzzzz-planted-code",
};
const ADMIN = "ada@example.org";
const GUEST = "guest@example.org";
const AGENT = fileURLToPath(new URL("../../dist/bbs-agent.mjs", import.meta.url));

/** Whoever asks for something that fails: what it answers is watched, what it throws does not matter here. */
const attempt = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    () => undefined,
  );

/** Plays what people and machines do with their secrets on a whole running server, each rightly and wrongly, and plants every one. */
export class SecretsStory {
  readonly sessions: ConsoleSession[] = [];
  private machine: ClientMachine | null = null;
  private printed = "";

  constructor(
    readonly stack: RealStack,
    readonly planted: PlantedSecrets,
  ) {}

  session(): ConsoleSession {
    const session = new ConsoleSession(this.stack.url);
    this.sessions.push(session);
    return session;
  }

  /** The setup link, used, used again and mistyped; the admin's password, right, wrong and too weak. */
  async setUp(): Promise<ConsoleSession> {
    const admin = this.session();
    const printed = () => /setup\?token=([\w-]+)/.exec(this.stack.printed())?.[1];
    await until("the setup link is printed", () => printed() !== undefined);
    const token = printed() ?? "";
    this.planted.plant("setup link", token);
    this.planted.plant("password", CHOSEN.admin, CHOSEN.weak, CHOSEN.wrong, CHOSEN.guest, CHOSEN.next);
    const complete = (given: string, password: string) =>
      admin.api.setup.complete.mutate({ token: given, email: ADMIN, name: "Ada", password });
    await admin.get(`/setup?token=${token}`);
    await attempt(complete(token, CHOSEN.weak));
    await complete(token, CHOSEN.admin);
    await attempt(complete(token, CHOSEN.next));
    await admin.get(`/setup?token=${token}`);
    await admin.get(`/sign-in?email=${ADMIN}&password=${encodeURIComponent(CHOSEN.wrong)}`);
    await admin.signIn(ADMIN, CHOSEN.wrong);
    await admin.signIn(ADMIN, CHOSEN.admin);
    return admin;
  }

  /** An authenticator app and recovery codes, shown rightly, wrongly and twice. */
  async secondFactor(admin: ConsoleSession): Promise<void> {
    const { api } = admin;
    await attempt(api.confirm.withPassword.mutate({ password: CHOSEN.wrong }));
    await api.confirm.withPassword.mutate({ password: CHOSEN.admin });
    const { secret } = await api.secondFactor.beginTotp.mutate();
    this.planted.plant("authenticator secret", secret);
    await attempt(api.secondFactor.confirmTotp.mutate({ code: "000000" }));
    await api.secondFactor.confirmTotp.mutate({ code: await generate({ secret }) });
    const codes = JSON.stringify(await api.secondFactor.makeRecoveryCodes.mutate()).match(
      /[2-9a-z]{5}-[2-9a-z]{10}/g,
    );
    // Its first five letters are the part by which a code is found; they are stored as they are.
    const [first = "", ...others] = codes ?? [];
    this.planted.plant("recovery code", CHOSEN.recovery, first, ...others);
    const other = this.session();
    await other.signIn(ADMIN, CHOSEN.admin);
    await attempt(other.api.signInSteps.showRecoveryCode.mutate({ code: CHOSEN.recovery }));
    await other.api.signInSteps.showRecoveryCode.mutate({ code: first });
    await attempt(other.api.signInSteps.showRecoveryCode.mutate({ code: first }));
    for (const session of [admin, other])
      this.planted.plant("cookie of a sign-in", session.cookies.get("__Host-bbs.sign-in"));
  }

  /** Tokens: working, revoked, garbage, in the wrong place. */
  async tokens({ api }: ConsoleSession): Promise<void> {
    const scopes = [...TOKEN_PRESETS.everything, "reveal-secrets" as const];
    const made = await api.tokens.create.mutate({ name: "scripts", scopes });
    const dead = await api.tokens.create.mutate({ name: "dead", scopes: ["view"] });
    await api.tokens.revoke.mutate({ id: dead.id });
    const { url, fingerprint } = this.stack;
    this.stack.bbs = createBbsClient({ url, token: made.token, fingerprint });
    const garbage = `${made.token.slice(0, -3)}AAA`;
    this.planted.plant("API token", made.token, dead.token, garbage);
    for (const token of [dead.token, garbage])
      await attempt(createBbsClient({ url, token, fingerprint }).me.get.query());
    await this.session().get(`/api/trpc/me.get?token=${made.token}`);
    await this.session().get(`/clients?token=${made.token}`);
  }

  /** Mail and provider with their secrets, invitations and links to a new password out of real mails. */
  async mailAndProvider({ api }: ConsoleSession): Promise<void> {
    this.planted.plant("SMTP password", CHOSEN.smtp);
    this.planted.plant("OpenID Connect secret", CHOSEN.oidc);
    const mail = await startMailServer({ security: "none" });
    const refusing = await startMailServer({ security: "starttls", auth: true });
    try {
      await attempt(api.mailSettings.save.mutate({ value: mail.setting(), password: { set: CHOSEN.smtp } }));
      await api.outgoingSettings.save.mutate({ allowed: ["localhost", "127.0.0.0/8"] });
      const value = refusing.setting();
      await api.mailSettings.save.mutate({ value, password: { set: CHOSEN.smtp } });
      await attempt(api.mailSettings.sendTest.mutate({ to: ADMIN }));
      const oidc = {
        ...{
          enabled: true,
          label: "Provider",
          issuer: `https://127.0.0.1:${refusing.port}`,
          clientId: "bbs",
        },
        ...{ newPeople: "deny" as const, preset: "viewer" as const },
      };
      await attempt(api.oidcSettings.save.mutate({ value: oidc, secret: { set: CHOSEN.oidc } }));
      await attempt(api.oidcSettings.test.mutate({ issuer: oidc.issuer, hasSecret: true }));
      await this.session().get("/api/auth/callback/oidc?code=abc&state=def");
      await api.mailSettings.save.mutate({ value: mail.setting(), password: null });
      const mailed = async (to: string, pattern: RegExp) => {
        const link = () =>
          mail.taken.filter((one) => one.to.includes(to)).map((one) => pattern.exec(textOf(one))?.[1])[0];
        await until(`a mail to ${to}`, () => link() !== undefined);
        return link() ?? "";
      };
      await api.people.invite.mutate({ name: "Guest", email: GUEST, role: "user", grants: [] });
      await this.join(await mailed(GUEST, /join\?token=([\w-]+)/));
      await this.session().api.passwordReset.ask.mutate({ email: ADMIN });
      await this.reset(await mailed(ADMIN, /reset-password\?token=([\w-]+)/));
    } finally {
      await Promise.all([mail.stop(), refusing.stop()]);
    }
  }

  private async join(token: string): Promise<void> {
    this.planted.plant("invitation link", token);
    const guest = this.session();
    const accept = (password: string) => guest.api.join.accept.mutate({ token, name: "Guest", password });
    await guest.get(`/join?token=${token}`);
    await attempt(accept(CHOSEN.weak));
    await accept(CHOSEN.guest);
    await attempt(accept(CHOSEN.guest));
    await guest.get(`/join?token=${token}`);
  }

  private async reset(token: string): Promise<void> {
    this.planted.plant("link to a new password", token);
    const session = this.session();
    const complete = (password: string) => session.api.passwordReset.complete.mutate({ token, password });
    await session.get(`/reset-password?token=${token}`);
    await attempt(complete(CHOSEN.weak));
    await complete(CHOSEN.next);
    await attempt(complete(CHOSEN.next));
    await session.get(`/reset-password?token=${token}`);
  }

  /** A machine that enrols (twice with one token), backs up, is asked for what it cannot, and is removed while it still asks. */
  async machineAndRepository(folder: string): Promise<void> {
    const { bbs, url, fingerprint } = this.stack;
    const made = await bbs.clients.create.mutate({ name: "web-01" });
    const token = tokenOf(made.enrolment.command);
    const machine = await enrolMachine(this.stack, { name: "web-01", token });
    this.machine = machine;
    const words = [
      "enroll",
      "--server",
      url,
      "--tls-fingerprint",
      fingerprint,
      "--token",
      token,
      "--dir",
      folder,
    ];
    const again = await runProgram(process.execPath, [AGENT, ...words], { env: { HOME: folder } });
    this.printed += again.out + again.err;
    const { apiKey } = JSON.parse(readFileSync(join(machine.folder, "config.json"), "utf8")) as {
      apiKey: string;
    };
    this.planted.plant("enrolment token", token);
    this.planted.plant("agent key", apiKey);
    machine.start();
    const { clientId } = machine;
    await until(
      "web-01 is online",
      async () => (await bbs.clients.get.query({ id: clientId })).state === "online",
    );
    const repositoryId = await makeRepository(bbs, clientId);
    const { passphrase } = await bbs.repositories.revealPassphrase.mutate({ id: repositoryId });
    this.planted.plant("passphrase", passphrase);
    const sources = [folder];
    await backUp(bbs, await makePlan(bbs, { clientId, repositoryId, sources }));
    await backUp(
      bbs,
      await makePlan(bbs, { clientId, repositoryId, name: "none", sources: ["/nonexistent-source"] }),
    );
    await until("the key is in escrow", async () => {
      const { escrowedAt } = await bbs.vault.get.query({ repositoryId });
      return escrowedAt !== null;
    });
    const { text } = await bbs.vault.paperKey.mutate({ repositoryId });
    this.planted.plant("paper key", ...(text.match(/(?:[0-9a-f]{6} ?){3,}/g) ?? []).slice(0, 3));
  }

  /** Tables that hold secrets are away for a while: every statement about them fails, with the secrets in its parameters. */
  async tablesAway(): Promise<void> {
    const socket = encodeURIComponent(join(this.stack.dataDir, "run/postgres"));
    const owner = openPool(`postgres://bbs_owner@/bbs?host=${socket}`, { most: 1 });
    const apart = [
      ["api_tokens", "setup_links", "invitations", "password_resets", "totp_factors", "recovery_codes"],
      ["agent_keys", "enrolment_tokens", "users", "sign_ins"],
      ["settings", "rate_limits"],
    ];
    const rename = (from: string, to: string) =>
      owner.sql`alter table ${owner.sql(from)} rename to ${owner.sql(to)}`;
    try {
      for (const tables of apart) {
        for (const table of tables) await rename(table, `${table}_away`);
        await this.everythingOnce();
        for (const table of tables) await rename(`${table}_away`, table);
      }
    } finally {
      await owner.end();
    }
  }

  /** One try with each secret that somebody sends, whatever comes of it. */
  async everythingOnce(): Promise<void> {
    const [admin] = this.sessions;
    const fresh = this.session();
    const { api } = fresh;
    await attempt(fresh.signIn(ADMIN, CHOSEN.next));
    const token = (kind: string) => this.planted.first(kind);
    await Promise.all([
      attempt(this.stack.bbs.tokens.list.query()),
      attempt(admin?.api.me.get.query() ?? Promise.resolve()),
      attempt(admin?.api.confirm.withPassword.mutate({ password: CHOSEN.next }) ?? Promise.resolve()),
      attempt(api.signInSteps.showRecoveryCode.mutate({ code: token("recovery code") })),
      attempt(api.setup.checkLink.query({ token: token("setup link") })),
      attempt(api.join.accept.mutate({ token: token("invitation link"), name: "x", password: CHOSEN.guest })),
      attempt(
        api.passwordReset.complete.mutate({ token: token("link to a new password"), password: CHOSEN.next }),
      ),
      fresh.get(`/join?token=${token("invitation link")}`),
      fresh.get(`/reset-password?token=${token("link to a new password")}`),
    ]);
  }

  /** The machine is removed and its agent, which still has its key, is refused. */
  async removeMachine(): Promise<void> {
    const { machine } = this;
    if (!machine) return;
    await this.stack.bbs.clients.remove.mutate({ id: machine.clientId, typedName: "web-01" });
    await until("the agent was refused", () => /key|refused|revoked|401/i.test(machine.printed()));
  }

  agentsPrinted(): string {
    return this.printed + (this.machine?.printed() ?? "");
  }

  async stop(): Promise<void> {
    await this.machine?.stop();
  }
}
