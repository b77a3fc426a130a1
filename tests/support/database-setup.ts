import type { TestProject } from "vitest/node";
import { startTestPostgres } from "./postgres";

declare module "vitest" {
  interface ProvidedContext {
    /** Where tests make their databases. */
    databaseAdminUrl: string;
  }
}

/** Starts one real PostgreSQL for a suite and stops it after. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres();
  project.provide("databaseAdminUrl", postgres.adminUrl);
  return postgres.stop;
}
