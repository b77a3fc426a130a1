"use client";

import type { Menu as Base } from "@base-ui/react/menu";
import { createContext, useContext } from "react";

/** What the lines of an opened menu are made of; loaded with it. */
export type MenuParts = Pick<
  typeof Base,
  "Item" | "LinkItem" | "Separator" | "RadioGroup" | "RadioItem" | "RadioItemIndicator"
>;

export const MenuPartsContext = createContext<MenuParts | null>(null);

export function useMenuParts(): MenuParts {
  const parts = useContext(MenuPartsContext);
  if (!parts) throw new Error("a menu line stands outside a menu");
  return parts;
}
