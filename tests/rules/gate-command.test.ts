import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOfCommand } from "~/gate/asked-command";

describe("refusalOfCommand", () => {
  it.each([
    "borg serve",
    "borg serve --umask=077",
    "borg serve --umask=077 --info",
    "/usr/local/bin/borg serve --debug --debug-topic=repository.compaction",
    "~/.local/bin/borg serve",
    "borg1 serve --append-only --restrict-to-path /x",
  ])("lets %j pass, as borg clients send it", (asked) => {
    expect(refusalOfCommand(asked)).toBeNull();
  });

  it.each([undefined, "", " ", "\n"])("says that there is no shell for %j", (asked) => {
    expect(refusalOfCommand(asked)).toContain("no shell");
  });

  it.each([
    "id",
    "serve",
    "borg",
    "borg  serve",
    "borg create x::y z",
    "borg --exclude-from /etc/passwd serve",
    "borg serve;id",
    "borg serve ;id",
    "borg serve $(id)",
    "borg serve `id`",
    "borg serve | cat",
    "borg serve > /x",
    "borg serve\nid",
    "borg serve 'x'",
    'borg serve "x"',
    "BORG_X=1 borg serve",
    "notborg serve",
    "borg;id serve",
  ])("refuses %j", (asked) => {
    expect(refusalOfCommand(asked)).toContain("only serves borg");
  });

  it("never lets a character pass that a shell would act on", () => {
    fc.assert(
      fc.property(fc.string(), (tail) => {
        if (refusalOfCommand(`borg serve ${tail}`) === null) expect(tail).toMatch(/^[\w.,:=/~@%+ -]*\s*$/);
      }),
    );
  });
});
