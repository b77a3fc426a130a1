import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "~tests/support/until";
import { endsOf, NEW, OLD, startUpdateLab, type UpdateLab } from "~tests/support/update-lab";

let lab: UpdateLab;
beforeEach(async () => {
  lab = await startUpdateLab();
});
afterEach(() => lab.stop());

/** Milliseconds between the end of each poll and the beginning of the next. */
function pauses(): number[] {
  const times = lab.server.pollTimes;
  return times.slice(1).map(({ from }, i) => from - (times[i]?.to ?? from));
}

it("goes to a signed new version, which reports it, and the server misses the agent for less than a second", async () => {
  lab.startLauncher();
  await until("it polls", () => lab.server.polls.length > 1);
  expect(lab.server.polls.at(-1)?.machine.abilities).toContain("update-agent-1");
  const release = await lab.offerBuild("u1");
  const end = await lab.settled("u1", NEW);
  expect(end, end.problem?.say).toMatchObject({
    state: "succeeded",
    result: { kind: "update-agent", from: OLD, to: NEW },
  });
  expect(lab.server.probations).toEqual([NEW]);
  const name = `${NEW}-${release.sha256.slice(0, 12)}`;
  expect(lab.current()).toEqual({ name, confirmed: true });
  expect(lab.versions()).toEqual([name]);
  expect(endsOf(lab, "u1")).toEqual(["succeeded"]);
  const trust = JSON.parse(readFileSync(join(lab.dir, "release.json"), "utf8"));
  expect(trust).toEqual({ keys: [lab.maker.key], floor: NEW });
  const [longest = 0] = pauses().sort((a, b) => b - a);
  console.info(`offline for ${Math.round(longest)} ms`);
  expect(longest).toBeLessThan(1000);
  expect((await lab.agent("--version")).out.trim()).toBe(NEW);
});

it("interrupts no backup: it waits, takes no other meanwhile, and the next one is made by the new version", async () => {
  const slow = join(lab.folder, "slow");
  mkdirSync(slow);
  execFileSync("dd", ["if=/dev/urandom", `of=${slow}/data`, "bs=1M", "count=20"], { stdio: "ignore" });
  lab.startLauncher();
  lab.server.orders.push(lab.backupOrder("b1", [slow], { compression: "lzma,9" }));
  const phase = (jobId: string) =>
    lab.server.reports.findLast((entry) => entry.jobId === jobId)?.report.progress?.phase;
  await until("borg works", () => phase("b1") === "creating");
  await lab.offerBuild("u2");
  await until("the update waits", () => phase("u2") === "waiting" || endsOf(lab, "b1").length > 0);
  expect(endsOf(lab, "b1")).toEqual([]);
  lab.server.orders.push(lab.backupOrder("b2", ["/etc/hostname"]));
  const update = await lab.settled("u2", NEW);
  expect(update.state, update.problem?.say).toBe("succeeded");
  expect(endsOf(lab, "b1")).toEqual(["succeeded"]);
  expect((await lab.server.end("b2")).state).toBe("succeeded");
  const order = lab.server.reports.flatMap(({ jobId, report }) =>
    report.state === "running" ? [] : [jobId],
  );
  expect([...new Set(order)]).toEqual(["b1", "u2", "b2"]);
});

it("can be cancelled while it waits, and leaves nothing of the new version", async () => {
  const slow = join(lab.folder, "slow");
  mkdirSync(slow);
  execFileSync("dd", ["if=/dev/urandom", `of=${slow}/data`, "bs=1M", "count=20"], { stdio: "ignore" });
  lab.startLauncher();
  lab.server.orders.push(lab.backupOrder("b1", [slow], { compression: "lzma,9" }));
  await until("borg works", () =>
    lab.server.reports.some(({ report }) => report.progress?.phase === "creating"),
  );
  await lab.offerBuild("u3");
  await until("the update waits", () =>
    lab.server.reports.some(({ report }) => report.progress?.phase === "waiting"),
  );
  lab.server.cancel.add("u3");
  expect((await lab.server.end("u3")).state).toBe("cancelled");
  lab.server.cancel.clear();
  expect(lab.versions()).toEqual([]);
  expect((await lab.server.end("b1")).state).toBe("succeeded");
  expect(lab.server.polls.at(-1)?.machine.agentVersion).toBe(OLD);
});

it("has every file on disk before it gets its name, and every name before the next step", async () => {
  const trace = join(lab.folder, "trace");
  const calls = "trace=fsync,fdatasync,rename,renameat,renameat2";
  lab.startLauncher(["strace", "-I1", "-f", "-y", "-s", "400", "-e", calls, "-o", trace]);
  await until("it polls", () => lab.server.polls.length > 1);
  await lab.offerBuild("u4");
  expect((await lab.settled("u4", NEW)).state).toBe("succeeded");
  await lab.stopAgents();
  // One line for each call that went well; those that were cut in two by another thread are joined again.
  const lines = joinResumed(readFileSync(trace, "utf8").split("\n"));
  const renames = lines.flatMap((line, at) => {
    const found = /rename(?:at2?)?\((?:AT_FDCWD[^,]*, )?"([^"]+)", (?:AT_FDCWD[^,]*, )?"([^"]+)"/.exec(line);
    return found?.[1] && found[2] && isOurs(found[2]) ? [{ at, from: found[1], to: found[2] }] : [];
  });
  const synced = (path: string, after: number, before: number) =>
    lines.slice(after, before).some((line) => /fsync|fdatasync/.test(line) && line.includes(`<${path}>`));
  expect(renames.map(({ to }) => basename(to))).toEqual(
    expect.arrayContaining(["current", "update.json", "release.json", "u4.json", expect.stringMatching(NEW)]),
  );
  for (const { at, from, to } of renames) {
    expect(synced(from, 0, at), `${from} is synced before it becomes ${to}`).toBe(true);
    expect(synced(dirname(to), at, lines.length), `the folder of ${to} is synced after`).toBe(true);
  }
});

/** borg's own files, and those of its scratch repository, are its own affair. */
function isOurs(path: string): boolean {
  return path.startsWith(lab.folder) && !/\/(try-|borg\/|server-borg|repos\/)/.test(path);
}

function joinResumed(lines: string[]): string[] {
  const open = new Map<string, string>();
  return lines.flatMap((line) => {
    const pid = /^\d+/.exec(line)?.[0] ?? "";
    if (line.includes("<unfinished ...>")) {
      open.set(pid, line.replace(" <unfinished ...>", ""));
      return [];
    }
    return [line.includes("resumed>") ? `${open.get(pid) ?? ""} ${line}` : line];
  });
}
