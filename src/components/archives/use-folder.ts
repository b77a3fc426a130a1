"use client";

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { fromAddress, toAddress } from "~/domain/archive-path";
import { FOLDER_ORDERS } from "~/domain/folder-order";

/** The folder that the address names, `""` for the top, and how to open another; each step is one step of Back. */
export function useFolderPath() {
  const [at, setAt] = useQueryState("at", parseAsString.withDefault("").withOptions({ history: "push" }));
  const path = fromAddress(at) ?? "";
  return { path, open: (next: string) => void setAt(next === "" ? null : toAddress(next)) };
}

/** The order of a folder's entries, kept in the address. */
export function useFolderOrder() {
  const [order, setOrder] = useQueryStates(
    {
      by: parseAsStringLiteral(FOLDER_ORDERS).withDefault("name"),
      reversed: parseAsBoolean.withDefault(false),
    },
    { history: "replace" },
  );
  return {
    ...order,
    /** The same order again turns it. */
    orderBy: (by: (typeof FOLDER_ORDERS)[number]) =>
      void setOrder({ by, reversed: order.by === by ? !order.reversed : false }),
  };
}
