"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { copyName, whyNameUnusable } from "~/domain/archived-database";
import type { Api } from "../system/api";

export type DatabaseOption = Api["restores"]["databases"][number];

const parsers = {
  dump: parseAsString.withDefault(""),
  as: parseAsStringLiteral(["copy", "same"]).withDefault("copy"),
  server: parseAsString.withDefault(""),
  /** Null: nobody has chosen one. */
  name: parseAsString,
};

/** Which database of an archive is chosen and what it becomes, kept in the address. `chosen` is null until one is that can be restored. */
export function useDatabaseChoice(databases: readonly DatabaseOption[]) {
  const [state, setState] = useQueryStates(parsers, { history: "replace" });
  const possible = databases.filter(({ whyNot }) => whyNot === null);
  // With one to choose there is no choice.
  const wanted = state.dump === "" && possible.length === 1 ? possible[0] : undefined;
  const chosen = possible.find(({ path }) => path === state.dump) ?? wanted ?? null;
  const database = chosen?.database ?? "";
  const entry = chosen?.entries.find((name) => name === state.server) ?? chosen?.entries[0] ?? "";
  const replace = state.as === "same";
  const into = replace ? database : (state.name ?? copyName(database));
  return {
    chosen,
    entry,
    replace,
    into,
    nameProblem: chosen === null || replace ? null : whyNoCopy(chosen, into),
    choose: (dump: string) => void setState({ dump, name: null, server: null }),
    setAs: (as: "copy" | "same") => void setState({ as }),
    setServer: (server: string) => void setState({ server }),
    setName: (name: string) => void setState({ name: name.slice(0, 100) }),
  };
}

export type DatabaseChoice = ReturnType<typeof useDatabaseChoice>;

function whyNoCopy({ engine, database }: DatabaseOption, name: string): string | null {
  if (name === database) return "That is the database itself. A copy needs another name.";
  return engine === null ? null : whyNameUnusable(engine, name);
}
