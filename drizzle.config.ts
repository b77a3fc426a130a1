import { defineConfig } from "drizzle-kit";

/** `npm run db:generate` writes the SQL migrations in ./drizzle from the schema; they are never edited by hand. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/server/db/schema/*.ts",
  out: "./drizzle",
});
