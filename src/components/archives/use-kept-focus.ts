import { type FocusEvent, useEffect, useRef } from "react";

/**
 * Keeps the focus on its row when rows that arrive above push it out of the part that is drawn. Whoever takes the mouse, the wheel or
 * another control has let go of it.
 */
export function useKeptFocus(rows: readonly { path: string }[], focus: (index: number) => void) {
  const held = useRef<string | null>(null);
  useEffect(() => {
    const letGo = () => {
      held.current = null;
    };
    document.addEventListener("pointerdown", letGo);
    document.addEventListener("wheel", letGo, { passive: true });
    return () => {
      document.removeEventListener("pointerdown", letGo);
      document.removeEventListener("wheel", letGo);
    };
  }, []);
  useEffect(() => {
    if (held.current === null || document.activeElement !== document.body) return;
    const at = rows.findIndex(({ path }) => path === held.current);
    if (at >= 0) focus(at);
  }, [rows, focus]);
  return {
    onFocus({ target }: FocusEvent) {
      const index = target.closest("[data-index]")?.getAttribute("data-index");
      held.current = (index ? rows[Number(index)]?.path : undefined) ?? null;
    },
    onBlur({ relatedTarget }: FocusEvent) {
      if (relatedTarget !== null) held.current = null;
    },
  };
}
