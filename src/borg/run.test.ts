import { describe, expect, it } from "vitest";
import { BorgNotStarted, runBorg } from "./run";

const sh = (script: string, more: Partial<Parameters<typeof runBorg>[0]> = {}) =>
  runBorg({ command: "/bin/sh", args: ["-c", script], limitSeconds: 20, ...more });

describe("runBorg", () => {
  it("keeps stdout and stderr apart and parses stderr line by line", async () => {
    const end = await sh(
      `printf '{"a":1}'; printf 'plain\\n{"type":"file_status","status":"A","path":"x"}' >&2; exit 2`,
    );
    expect(end.stdout.toString()).toBe('{"a":1}');
    expect(end.log).toEqual([
      { type: "text", message: "plain" },
      { type: "file_status", status: "A", path: "x" },
    ]);
    expect(end).toMatchObject({ exitCode: 2, killedBy: null, stopped: null });
  });

  it("hands the passphrase through a descriptor that neither environment nor arguments show", async () => {
    const end = await sh(
      'cat <&"$BORG_PASSPHRASE_FD"; tr "\\0" "\\n" </proc/$$/environ; tr "\\0" " " </proc/$$/cmdline',
      {
        passphrase: "geheim$(id)",
      },
    );
    const text = end.stdout.toString();
    expect(text.startsWith("geheim$(id)")).toBe(true);
    expect(text.slice(11)).not.toContain("geheim");
  });

  it("gives borg nothing of our own environment", async () => {
    const end = await sh("env", { env: { BORG_BASE_DIR: "/b" } });
    const names = end.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name ?? "")).sort()).toEqual([
      "BORG_BASE_DIR",
      "BORG_EXIT_CODES",
      "LANG",
      "PATH",
      "TZ",
    ]);
  });

  it("ends the whole process group when it is cancelled", async () => {
    const stop = new AbortController();
    const end = await sh("sleep 60 & echo $!; wait", {
      signal: stop.signal,
      onStdout: (chunk) => {
        stop.abort();
        expect(Number(chunk.toString())).toBeGreaterThan(1);
      },
    });
    expect(end.stopped).toBe("cancelled");
  });

  it("ends what runs longer than its limit", async () => {
    expect(await sh("sleep 60", { limitSeconds: 0.2 })).toMatchObject({
      stopped: "timed-out",
      killedBy: "SIGTERM",
    });
  });

  it("starts nothing when it was cancelled before", async () => {
    const end = await sh("echo never", { signal: AbortSignal.abort() });
    expect(end).toMatchObject({ stopped: "cancelled", exitCode: null });
    expect(end.stdout.length).toBe(0);
  });

  it("says that there is no such program", async () => {
    await expect(runBorg({ command: "no-such-borg", args: [], limitSeconds: 5 })).rejects.toThrow(
      BorgNotStarted,
    );
  });

  it("keeps the newest stderr lines of a flood", async () => {
    const end = await sh('i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done');
    expect(end.log.length).toBeLessThanOrEqual(400);
    expect(end.log.at(-1)).toEqual({ type: "text", message: "line 1999" });
  });
});
