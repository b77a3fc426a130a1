import type { KeyboardEvent, MouseEvent } from "react";

/** What a button gets that opens something in front of the page. */
export interface OpenerProps {
  id?: string;
  "aria-haspopup"?: "dialog" | "menu";
  "aria-expanded"?: boolean;
  onClick?: (event: MouseEvent<HTMLElement>) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
}
