"use client";

import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { useLate } from "~/components/ui/late";
import { problemOf } from "~/components/ui/problem-of";

const Ask = createContext<(() => Promise<boolean>) | null>(null);

const loadDialog = () => import("./confirm-dialog");

/**
 * Gives `run(action)`: calls the action; where the server answers that a fresh confirmation is needed (`demandConfirmed`), asks for the
 * password or second factor in a dialog and calls it again. Whoever does not confirm gets the server's refusal, as if nobody had asked.
 */
export function useConfirmFirst(): { run: <Answer>(action: () => Promise<Answer>) => Promise<Answer> } {
  const ask = use(Ask);
  const run = useCallback(
    async <Answer,>(action: () => Promise<Answer>): Promise<Answer> => {
      try {
        return await action();
      } catch (error) {
        if (problemOf(error).code !== "confirmation-needed" || !ask || !(await ask())) throw error;
      }
      return action();
    },
    [ask],
  );
  return useMemo(() => ({ run }), [run]);
}

/** Holds the dialog; once, around all pages. */
export function ConfirmFirst({ children }: { children: ReactNode }) {
  const { part, want } = useLate(loadDialog);
  const [answer, setAnswer] = useState<((confirmed: boolean) => void) | null>(null);
  const ask = useCallback(() => {
    want();
    return new Promise<boolean>((resolve) => setAnswer(() => resolve));
  }, [want]);
  return (
    <Ask value={ask}>
      {children}
      {part && answer ? (
        <part.ConfirmDialog
          onEnd={(confirmed) => {
            setAnswer(null);
            answer(confirmed);
          }}
        />
      ) : null}
    </Ask>
  );
}
