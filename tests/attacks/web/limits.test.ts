import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type AttackedWeb, authForm, startAttackedWeb } from "~tests/support/attacked-web";
import { SCREEN_ADMIN } from "~tests/support/screens-seed";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let web: AttackedWeb;
beforeAll(async () => {
  web = await startAttackedWeb(ROOT);
});
afterAll(() => web?.stop());
beforeEach(async () => {
  await web.pool.sql`delete from rate_limits`;
});

/** A guess at the admin's password, as a page of ours would send it. */
const guess = (password: string, lies: Record<string, string> = {}, email: string = SCREEN_ADMIN.email) =>
  authForm(web.ask, {
    path: "/api/auth/callback/password",
    fields: { email, password },
    headers: { origin: web.url, ...lies },
  });
const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort();

describe("guessing over the network", () => {
  it("passwords, naming another address in every header that some server believes", async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 8; i++) {
      const address = `203.0.113.${i}`;
      answers.push(
        await guess(`wrong ${i}`, {
          "x-forwarded-for": `${address}, ${address}`,
          "x-real-ip": address,
          forwarded: `for=${address}`,
          "x-bbs-peer": address,
          "cf-connecting-ip": address,
        }),
      );
    }
    expect(statuses(answers)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const last = answers.at(-1);
    expect(Number(last?.headers["retry-after"])).toBeGreaterThan(200);
    expect(last?.text).toMatch(/error=rate-limited%3A\d+/);
    expect((await guess(SCREEN_ADMIN.password)).status).toBe(429);
  });

  it("passwords, all at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => guess(`wrong ${i}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });

  it("accounts, another one with each try", async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 7; i++) answers.push(await guess("wrong", {}, `person${i}@example.test`));
    expect(statuses(answers)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await web.pool.sql`select key from rate_limits where key like '%person6%'`).length).toBe(0);
  });

  it("one account, spelt another way each time", async () => {
    const answers: Answer[] = [];
    for (const email of [SCREEN_ADMIN.email, SCREEN_ADMIN.email.toUpperCase(), ` ${SCREEN_ADMIN.email} `])
      answers.push(await guess("wrong", {}, email));
    expect(statuses(answers)).toEqual([401, 401, 401]);
    const rows = await web.pool.sql`select used from rate_limits where key like 'sign-in:account%'`;
    expect(rows.map(({ used }) => used)).toEqual([3]);
  });

  it("API tokens", async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 22; i++)
      answers.push(
        await web.ask("/api/trpc/me.get", {
          headers: { authorization: `Bearer bbs_${i}`, "x-real-ip": `1.1.1.${i}` },
        }),
      );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
  });

  it("keys of agents", async () => {
    const post = (path: string, body: object, headers: Record<string, string> = {}) =>
      web.ask(`/api/agent/v1/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "bbs-protocol": "1", ...headers },
        body: JSON.stringify(body),
      });
    const polls: Answer[] = [];
    for (let i = 0; i < 22; i++)
      polls.push(await post("poll", {}, { authorization: `Bearer bbsa_${String(i).padStart(43, "x")}` }));
    expect(polls.filter(({ status }) => status === 401)).toHaveLength(20);
    expect(Number(polls.at(-1)?.headers["retry-after"])).toBeGreaterThan(200);
  });

  it("set-up links", async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 22; i++) {
      const input = encodeURIComponent(JSON.stringify({ json: { token: `guess ${i}` } }));
      answers.push(await web.ask(`/api/trpc/setup.checkLink?input=${input}`));
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThan(3000);
  });
});
