import { expect, test } from "vitest";
import { type TreeFolder, toggleOpen, treeRows } from "./archive-tree";

const path = (text: string) => btoa(text);
const folder = (name: string) => ({ name: path(name), type: "directory" });
const file = (name: string) => ({ name: path(name), type: "file" });
type Entry = ReturnType<typeof file>;
const told = (rows: ReturnType<typeof treeRows<Entry>>) =>
  rows.map((row) => `${row.level} ${row.kind === "entry" ? "" : `${row.kind} `}${atob(row.path)}`);
const known = (folders: Record<string, TreeFolder<Entry>>) =>
  new Map(Object.entries(folders).map(([at, one]) => [path(at), one]));

test("an open folder's entries stand below it, and the rest of a folder at its end", () => {
  const rows = treeRows(
    "",
    known({
      "": { entries: [folder("etc"), folder("home"), file("a")], state: "more" },
      home: { entries: [folder("ada")], state: "complete" },
      "home/ada": { entries: [], state: "reading" },
    }),
  );
  expect(told(rows)).toEqual(["1 etc", "1 home", "2 home/ada", "3 reading home/ada", "1 a", "1 more "]);
});

test("an empty folder below says so; an open folder that is not in sight draws nothing", () => {
  const rows = treeRows(
    path("home"),
    known({
      home: { entries: [folder("ada")], state: "complete" },
      "home/ada": { entries: [], state: "complete" },
      etc: { entries: [file("hosts")], state: "complete" },
    }),
  );
  expect(told(rows)).toEqual(["1 home/ada", "2 empty home/ada"]);
});

test("closing a folder closes what is open below it", () => {
  const open = toggleOpen(toggleOpen([], path("home")), path("home/ada"));
  expect(toggleOpen(open, path("home"))).toEqual([]);
  expect(toggleOpen(open, path("home/ada"))).toEqual([path("home")]);
});
