"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { Existing, Owners, RestorePlace } from "~/domain/restore-request";
import { mayMeetFiles, whyFolderUnusable } from "~/domain/restore-words";

export const STEPS = ["what", "where", "how"] as const;
export type Step = (typeof STEPS)[number];
/** What can be restored out of an archive. */
export type What = "selection" | "all" | "clean" | "database";
/** Where it can go: places on the machine that made the archives, another machine, the browser, the server itself. */
const PLACES = ["restore-folder", "folder", "original", "another", "download", "server-folder"] as const;
export type Place = (typeof PLACES)[number];
const ON_ANOTHER = ["restore-folder", "folder"] as const;
const EXISTING = ["keep-both", "only-missing", "overwrite"] as const satisfies readonly Existing[];
const OWNERS = ["keep", "numeric", "none"] as const satisfies readonly Owners[];

const parsers = {
  step: parseAsStringLiteral(STEPS).withDefault("what"),
  all: parseAsBoolean.withDefault(false),
  database: parseAsBoolean.withDefault(false),
  clean: parseAsBoolean.withDefault(false),
  to: parseAsStringLiteral(PLACES).withDefault("restore-folder"),
  folder: parseAsString.withDefault(""),
  /** The other machine, and where on it. */
  onto: parseAsString.withDefault(""),
  into: parseAsStringLiteral(ON_ANOTHER).withDefault("restore-folder"),
  existing: parseAsStringLiteral(EXISTING).withDefault("keep-both"),
  owners: parseAsStringLiteral(OWNERS).withDefault("keep"),
  /** The job that told what would be written, for these very answers. */
  dry: parseAsString.withDefault(""),
};

/** Where the wizard stands, kept in the address: each step is one step of Back, and a reload loses nothing. */
export function useWizard() {
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  const { to, into, folder } = state;
  const what: What = state.database ? "database" : state.clean ? "clean" : state.all ? "all" : "selection";
  const target = targetOf(to === "another" ? into : to, folder);
  // What was listed was listed for other answers.
  const change = (next: Partial<Omit<typeof state, "step" | "dry">>) => void setState({ ...next, dry: null });
  return {
    ...state,
    what,
    target,
    /** A new folder is empty, so nothing has to be asked. */
    existing: mayMeetFiles(target) ? state.existing : "overwrite",
    /** The server's account can give files to nobody. */
    owners: target.kind === "server-folder" ? "none" : state.owners,
    folderProblem: target.kind === "folder" ? whyFolderUnusable(folder) : null,
    go: (step: Step) =>
      void setState({ step, ...(step === "how" ? {} : { dry: null }) }, { history: "push" }),
    setWhat: (next: What) =>
      change({ all: next === "all", clean: next === "clean", database: next === "database" }),
    setTo: (next: Place) => change({ to: next }),
    setFolder: (next: string) => change({ folder: next }),
    setOnto: (next: string) => change({ onto: next }),
    setInto: (next: (typeof ON_ANOTHER)[number]) => change({ into: next }),
    setExisting: (next: Existing) => change({ existing: next }),
    setOwners: (next: Owners) => change({ owners: next }),
    setDry: (jobId: string) => void setState({ dry: jobId }),
  };
}

export type Wizard = ReturnType<typeof useWizard>;

function targetOf(place: Exclude<Place, "another">, folder: string): RestorePlace {
  if (place === "folder") return { kind: "folder", path: folder };
  // A download is written nowhere; the restore folder then stands for "nothing is in the way".
  return { kind: place === "download" ? "restore-folder" : place };
}
