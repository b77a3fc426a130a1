import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An agent that differs from the one in the tree. */
export interface AgentBuild {
  version?: string;
  /** Sources by their path in the tree, each changed before it is compiled: how a fault gets in. */
  change?: Record<string, (source: string) => string>;
}

/** Bundles the agent as src/supervisor/build.mjs does it. */
export async function buildAgent(outfile: string, { version, change = {} }: AgentBuild = {}): Promise<void> {
  const changes = { ...change };
  if (version !== undefined) changes["package.json"] = () => JSON.stringify({ version });
  await build({
    entryPoints: [join(ROOT, "agent/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node18",
    format: "esm",
    logLevel: "error",
    plugins: [changing(changes)],
  });
}

function changing(changes: Record<string, (source: string) => string>): Plugin {
  return {
    name: "changing",
    setup({ onLoad }) {
      onLoad({ filter: /\.(ts|json)$/ }, async ({ path }) => {
        const change = changes[relative(ROOT, path)];
        if (!change) return undefined;
        const before = await readFile(path, "utf8");
        const contents = change(before);
        if (contents === before) throw new Error(`the fault did not get into ${path}`);
        return { contents, loader: path.endsWith(".json") ? "json" : "ts" };
      });
    },
  };
}
