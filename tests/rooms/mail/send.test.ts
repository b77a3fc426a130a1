import { describe, expect, it } from "vitest";
import { later } from "~tests/support/database";
import { MAIL_USER, refuseMail, startMailServer, textOf } from "~tests/support/mail-server";
import { mailWorld } from "~tests/support/mail-world";

describe("a mail", () => {
  it.each(["starttls", "tls"] as const)(
    "goes out over %s with the password, and its text is gone then",
    async (security) => {
      const { server, send, queue, row } = await mailWorld({ security, auth: true });
      const id = await queue();
      expect(await send()).toBe("sent");
      expect(server.taken).toMatchObject([
        { from: "backup@example.test", to: ["ada@example.test"], overTls: true, user: MAIL_USER.user },
      ]);
      const [mail] = server.taken;
      expect(textOf(mail)).toBe("Dear Ada,\r\n.\r\nyours\r\n");
      expect(mail?.raw).toContain(`Message-ID: <${id}@backup.example.test>`);
      expect(mail?.raw).toMatch(/^From: Backup <backup@example\.test>/m);
      expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated/m);
      expect(await row(id)).toMatchObject({ bodySealed: null, dueAt: null, problem: null, attempts: 1 });
      expect(await send(90)).toBeNull();
    },
  );

  it("goes out without TLS only where the settings say so", async () => {
    const plain = await mailWorld({ security: "none" });
    await plain.queue();
    expect(await plain.send()).toBe("sent");
    expect(plain.server.taken).toMatchObject([{ overTls: false }]);
  });

  it("is stored sealed until then", async () => {
    const { queue, row } = await mailWorld();
    const sealed = (await row(await queue({ text: "a link that lets in" })))?.bodySealed;
    expect(sealed).toMatch(/^1\.[0-9a-f]{8}\./);
    expect(sealed).not.toContain("link");
  });

  it("is tried again after 1, 5, 15 and 60 minutes while the server cannot, and given up when its time is over", async () => {
    const { server, send, queue, row } = await mailWorld();
    server.answer = () => Promise.reject(refuseMail(451, "4.3.0 Come back later"));
    const id = await queue({ validMinutes: 120 });
    for (const [at, next] of [
      [0, 1],
      [1, 6],
      [6, 21],
      [21, 81],
    ] as const) {
      expect(await send(at)).toBe("put-off");
      const found = await row(id);
      expect(found?.dueAt).toEqual(later({ minutes: next }));
      expect(found?.problem).toBe("The mail server answered: 451 4.3.0 Come back later");
      expect(await send(next - 0.1)).toBeNull();
    }
    expect(await send(81)).toBe("given-up");
    expect(await row(id)).toMatchObject({ dueAt: null, bodySealed: null, sentAt: null, attempts: 5 });
    expect(await send(1000)).toBeNull();
  });

  it("goes out when the server has come back", async () => {
    const { server, send, queue } = await mailWorld();
    server.answer = () => Promise.reject(refuseMail(451, "4.3.0 Come back later"));
    await queue();
    expect(await send()).toBe("put-off");
    server.answer = () => {};
    expect(await send(1)).toBe("sent");
    expect(server.taken).toHaveLength(1);
  });

  it("is given up at once when the server refuses its recipient for good, in the server's words", async () => {
    const { send, queue, row } = await mailWorld();
    const id = await queue({ to: "nobody@example.test" });
    expect(await send()).toBe("given-up");
    expect(await row(id)).toMatchObject({
      problem: "The mail server answered: 550 5.1.1 No such mailbox here",
      bodySealed: null,
    });
  });

  it("waits for settings that work when the password is wrong; the problem does not hold the password", async () => {
    const { server, send, queue, row } = await mailWorld({ auth: true, password: "not the right one" });
    const id = await queue();
    expect(await send()).toBe("put-off");
    const problem = (await row(id))?.problem;
    expect(problem).toMatch(
      /^The mail server answered: 535 5\.7\.8 Authentication failed for backup with \*\*\*/,
    );
    expect(server.taken).toEqual([]);
  });

  it("waits for a server to be set up", async () => {
    const { send, queue, row } = await mailWorld({ setting: { host: "" } });
    const id = await queue();
    expect(await send()).toBe("put-off");
    expect((await row(id))?.problem).toMatch(/^No mail server is set up\./);
  });

  it("is not sent too late", async () => {
    const { server, send, queue, row } = await mailWorld();
    const id = await queue({ validMinutes: 10 });
    expect(await send(10)).toBe("given-up");
    expect(await row(id)).toMatchObject({ problem: "No worker could send it in time.", bodySealed: null });
    expect(server.greeted).toBe(0);
  });
});

describe("a mail server", () => {
  it.each(["starttls", "tls"] as const)(
    "that nobody vouches for gets neither mail nor password over %s",
    async (security) => {
      const { server, send, queue, row } = await mailWorld({ security, auth: true });
      const id = await queue();
      let asked = 0;
      server.answer = () => {
        asked += 1;
      };
      // Another root than its own.
      const stranger = await certificateOfAnother();
      expect(await send(0, { trust: stranger })).toBe("put-off");
      expect((await row(id))?.problem).toMatch(/^localhost, port \d+: .*self-signed certificate/);
      expect({ asked, taken: server.taken }).toEqual({ asked: 0, taken: [] });
    },
  );

  it("that shows a certificate for another name is refused", async () => {
    const { server, send, queue, row } = await mailWorld({
      setting: { host: "127.0.0.1" },
      allowed: ["127.0.0.1"],
    });
    const id = await queue();
    expect(await send()).toBe("put-off");
    expect((await row(id))?.problem).toMatch(/IP: 127\.0\.0\.1 is not in the cert's list/);
    expect(server.taken).toEqual([]);
  });

  it("that offers no STARTTLS is told nothing, though somebody may have taken the offer out on the way", async () => {
    const { server, send, queue, row } = await mailWorld({
      security: "none",
      setting: { security: "starttls" },
    });
    const id = await queue();
    expect(await send()).toBe("put-off");
    expect((await row(id))?.problem).toMatch(/^The mail server does not take STARTTLS: 500 /);
    expect(server.taken).toEqual([]);
  });

  it("that dies in the middle of a mail gets it again", async () => {
    const { server, send, queue, row } = await mailWorld();
    const id = await queue();
    server.answer = () => server.die();
    expect(await send(0, { timeLimitMs: 2000 })).toBe("put-off");
    expect((await row(id))?.problem).toMatch(/^localhost, port \d+: /);
  });

  it("that answers slowly holds nobody for longer than the time limit", async () => {
    const { server, send, queue, row } = await mailWorld();
    const id = await queue();
    server.answer = () => new Promise(() => {});
    const began = performance.now();
    expect(await send(0, { timeLimitMs: 500 })).toBe("put-off");
    expect(performance.now() - began).toBeLessThan(5000);
    expect((await row(id))?.problem).toMatch(/longer than 1 s|closed/i);
  });

  it("inside is refused unless an admin has allowed it", async () => {
    const { server, send, queue, row } = await mailWorld({ allowed: [] });
    const id = await queue();
    expect(await send()).toBe("put-off");
    expect((await row(id))?.problem).toMatch(/is an internal address/);
    expect(server.greeted).toBe(0);
  });
});

describe("many workers", () => {
  it("send each mail once", async () => {
    const { server, send, queue } = await mailWorld({ security: "none" });
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => queue({ subject: `mail ${n}` })));
    const worker = async () => {
      while (await send());
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const sent = server.taken.map(({ raw }) => /^Message-ID: <(\w+)@/m.exec(raw)?.[1]);
    expect(sent.sort()).toEqual(ids.sort());
  });

  it("leave a mail alone that another one is sending, and what it says of it when its lease is over changes nothing", async () => {
    const { server, send, queue, row } = await mailWorld({ security: "none" });
    const id = await queue();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = () => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    server.answer = () => {
      reached();
      return held;
    };
    const first = send();
    await arrived;
    expect(await send(2.9)).toBeNull();
    server.answer = () => Promise.reject(refuseMail(451, "4.3.0 Come back later"));
    expect(await send(3)).toBe("put-off");
    release();
    await first;
    expect(await row(id)).toMatchObject({ attempts: 2, sentAt: null, dueAt: later({ minutes: 8 }) });
  });
});

async function certificateOfAnother(): Promise<string> {
  const other = await startMailServer({ ownCertificate: true });
  await other.stop();
  return other.certificate;
}
