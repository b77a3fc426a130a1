/**
 * Work that goes on beside its caller, one piece after the other: `begin` waits until what was begun before is done, so never more than one is
 * under way. A failure is thrown by the next `begin` or `done`.
 */
export function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async begin(work: () => Promise<unknown>): Promise<void> {
      await last;
      last = work();
      // Thrown by whoever waits for it; until then nobody does.
      last.catch(() => undefined);
    },
    done: async (): Promise<void> => void (await last),
  };
}

export type InTurn = ReturnType<typeof inTurn>;
