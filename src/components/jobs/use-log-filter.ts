"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { LEVEL_CHOICES, type LevelChoice } from "./log-levels";

const parsers = {
  log: parseAsString.withDefault(""),
  level: parseAsStringLiteral(LEVEL_CHOICES.map((choice) => choice.value)).withDefault("all"),
};

/** What of the log is asked for, kept in the address as `log` (text) and `level`. */
export function useLogFilter() {
  const [values, setValues] = useQueryStates(parsers, { history: "replace", throttleMs: 300 });
  return {
    search: values.log,
    level: values.level,
    setFilter: (change: { search?: string; level?: LevelChoice }) =>
      void setValues({
        ...(change.search === undefined ? {} : { log: change.search || null }),
        ...(change.level === undefined ? {} : { level: change.level }),
      }),
  };
}
