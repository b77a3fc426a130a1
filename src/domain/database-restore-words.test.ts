import { expect, it } from "vitest";
import { type DatabaseRestorePlan, tellDatabaseRestore, undoLine } from "./database-restore-words";

const plan: DatabaseRestorePlan = {
  ...{ archiveName: "System-1", clientName: "db-01", engine: "postgresql", database: "app" },
  ...{ bytes: 2048, entry: "main", into: "app_copy", replace: false, restoreFolder: "/var/restored" },
};

it("says of a copy that nothing is touched, and how it is undone", () => {
  const told = tellDatabaseRestore(plan);
  expect(told.what).toBe(
    "Loads the dump of app (PostgreSQL, 2.00 KiB) from System-1 into the database app_copy of main on db-01. The archive stays as it is.",
  );
  expect(told.existing).toContain("No database is touched");
  expect(told.undo).toBe("To undo it, drop the database app_copy.");
});

it("says of a replacement where the dump of what is there goes first", () => {
  const told = tellDatabaseRestore({ ...plan, into: "app", replace: true });
  expect(told.existing).toContain("first dumped into a new folder below /var/restored");
});

it.each([
  [
    "app",
    "/r/before-app.dump",
    "dropdb --force app && createdb -T template0 app && pg_restore --exit-on-error -d app /r/before-app.dump",
  ],
  [
    "sh`op",
    "/r/before.sql",
    "mariadb -e 'drop database `sh``op`; create database `sh``op`' && mariadb --binary-mode 'sh`op' < /r/before.sql",
  ],
  ["shop", "/r/before-shop.archive", "mongorestore --drop --stopOnError --archive=/r/before-shop.archive"],
  [
    "a'; rm -rf /",
    "/r/b.dump",
    "dropdb --force 'a'\\''; rm -rf /' && createdb -T template0 'a'\\''; rm -rf /' && pg_restore --exit-on-error -d 'a'\\''; rm -rf /' /r/b.dump",
  ],
  ["app", "/r/before-app.tar", null],
])("gives a line for the shell that brings %s back", (database, dump, line) => {
  expect(undoLine(database, dump)).toBe(line);
});
