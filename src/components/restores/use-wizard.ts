"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { RestoreTarget } from "~/domain/restore-target";
import { whyFolderUnusable } from "~/domain/restore-words";

export const STEPS = ["what", "where", "check"] as const;
export type Step = (typeof STEPS)[number];
const TARGETS = ["restore-folder", "folder", "original"] as const;
/** What can be restored out of an archive. */
export type What = "selection" | "all" | "database";

const parsers = {
  step: parseAsStringLiteral(STEPS).withDefault("what"),
  all: parseAsBoolean.withDefault(false),
  to: parseAsStringLiteral(TARGETS).withDefault("restore-folder"),
  folder: parseAsString.withDefault(""),
  database: parseAsBoolean.withDefault(false),
};

/** Where the wizard stands, kept in the address: each step is one step of Back, and a reload loses nothing. */
export function useWizard() {
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  const target: RestoreTarget =
    state.to === "folder" ? { kind: "folder", path: state.folder } : { kind: state.to };
  const what: What = state.database ? "database" : state.all ? "all" : "selection";
  return {
    step: state.step,
    what,
    target,
    folder: state.folder,
    folderProblem: state.to === "folder" ? whyFolderUnusable(state.folder) : null,
    go: (step: Step) => void setState({ step }, { history: "push" }),
    setWhat: (next: What) => void setState({ all: next === "all", database: next === "database" }),
    setTarget: (to: RestoreTarget["kind"]) => void setState({ to }),
    setFolder: (folder: string) => void setState({ folder }),
  };
}
