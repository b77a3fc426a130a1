/**
 * The dependency rules of docs/design: who may import whom. Edit when a room or a program is added.
 * `npm run check` runs them on the tree; tests/rules/import-rules.test.ts shows that seeded violations fail.
 */
const rooms =
  "journal settings outgoing mail clients access repositories schedules plans jobs alerts vault archives backups restores maintenance updates reports system".split(
    " ",
  );
const test = "\\.test\\.tsx?$";
const ours = "^(src|agent|tests)/";

const only = (name, from, allowed, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from, pathNot: test },
  to: { path: ours, pathNot: [from, ...allowed] },
});
const never = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { pathNot: test, ...from },
  to,
});

module.exports = {
  forbidden: [
    never("no-knots", {}, { circular: true }, "Move the shared part to the room on the left or to domain."),
    only("domain-stands-alone", "^src/domain/", [], "Rules take plain values; let the room fetch them."),
    only("protocol-stands-alone", "^src/protocol/", [], "The wire must not change because a rule did."),
    only(
      "borg-stands-alone",
      "^src/borg/",
      [],
      "What borg says is not ours to interpret here; do it in domain.",
    ),
    never(
      "rules-do-no-io",
      { path: "^src/(domain|protocol)/" },
      { dependencyTypes: ["core"] },
      "Pass the value in.",
    ),
    never(
      "rules-use-zod-only",
      { path: "^src/(domain|protocol)/" },
      { dependencyTypes: ["npm", "npm-dev"], pathNot: "node_modules/zod/" },
      "Ask before adding a package to the rules.",
    ),
    only(
      "agent-shares-the-wire-only",
      "^agent/",
      ["^src/(protocol|borg)/"],
      "It runs on a machine we do not trust.",
    ),
    only(
      "privileged-programs-stay-small",
      "^src/(gate|keeper)/",
      [
        "^src/(gate|keeper|protocol|borg)/",
        "^src/env",
        "^src/domain/(tamper|compaction-gate|capacity|quantity)",
      ],
      "What holds privilege imports next to nothing.",
    ),
    only(
      "server-looks-down",
      "^src/server/",
      ["^src/(domain|protocol|borg)/", "^src/env", "^src/keeper/(client|contract)"],
      "The edge calls the room, never the reverse.",
    ),
    never(
      "rooms-know-no-transport",
      { path: `^src/server/(${rooms.join("|")})/` },
      { path: ["^src/server/(agent-)?api/", "node_modules/(@trpc|next|react|server-only)/"] },
      "Throw a Refusal; the edge maps it.",
    ),
    never(
      "sql-stays-in-rooms",
      { path: "^src/(app|components|trpc|worker|cli|api-client)/|^src/server/(agent-)?api/" },
      { path: "node_modules/drizzle-orm/|^src/server/db/" },
      "Add an operation to the room.",
    ),
    never(
      "browser-never-gets-server",
      { path: "^src/(components|trpc/react)" },
      { path: "^src/(server|worker|app|gate|keeper)/", dependencyTypesNot: ["type-only"] },
      "Import the type, call through tRPC.",
    ),
    never(
      "programs-are-not-libraries",
      { path: ours, pathNot: "^src/(app|worker|gate|keeper|supervisor|cli)/|^tests/" },
      { path: "^src/(app|worker|gate|keeper|supervisor|cli)/", pathNot: "^src/keeper/(client|contract)" },
      "Move it to a room.",
    ),
    ...rooms
      .slice(0, -1)
      .map((room, i) =>
        never(
          `${room}-calls-left`,
          { path: `^src/server/${room}/` },
          { path: `^src/server/(${rooms.slice(i + 1).join("|")})/` },
          "Specific calls generic: invert it.",
        ),
      ),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.next|^dist/" },
  },
};
