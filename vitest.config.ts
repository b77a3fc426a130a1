import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Test suites by folder. `npm run check` runs `rules` only; `npm test` runs them all (tests/run.mjs). */
const alias = {
  "~agent": fileURLToPath(new URL("./agent", import.meta.url)),
  "~tests": fileURLToPath(new URL("./tests", import.meta.url)),
  "~": fileURLToPath(new URL("./src", import.meta.url)),
};

const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  resolve: { alias },
  test: { name, include, environment: "node", ...extra },
});

/** Suites that start real programs, each with folders and ports of its own: patient. They mostly wait, so two files run side by side. */
const real = { testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  resolve: { alias },
  test: {
    maxWorkers: 3,
    onUnhandledError: (error) => !isLateConnection(error),
    projects: [
      project(
        "rules",
        [
          "src/{domain,protocol,borg}/**/*.test.ts",
          "src/env.test.ts",
          "agent/**/*.test.ts",
          "tests/rules/**/*.test.ts",
        ],
        { testTimeout: 30_000 },
      ),
      project("rooms", ["tests/rooms/**/*.test.ts"], {
        testTimeout: 30_000,
        hookTimeout: 60_000,
        globalSetup: ["tests/support/database-setup.ts"],
      }),
      project("agent-api", ["tests/agent-api/**/*.test.ts"], {
        testTimeout: 30_000,
        hookTimeout: 60_000,
        globalSetup: ["tests/support/database-setup.ts"],
      }),
      project("programs", ["tests/programs/**/*.test.ts"], real),
      project("attacks", ["tests/attacks/**/*.test.ts"], {
        ...real,
        globalSetup: ["tests/support/database-setup.ts"],
      }),
      project("faults", ["tests/faults/**/*.test.ts"], real),
      project("e2e", ["tests/e2e/**/*.test.ts"], real),
    ],
  },
});

/** A connection that postgres.js was still opening when the pool ended: it rejects a query of its own about types that nobody waits for. */
function isLateConnection(error: object): boolean {
  const isClosed = "code" in error && /^(CONNECTION_CLOSED|CONNECTION_ENDED|EPIPE)$/.test(String(error.code));
  return isClosed && /pg_catalog\.pg_type/.test(JSON.stringify(error));
}
