/** What the keys do in the tree. */
export function KeyHints({ mayRestore }: { mayRestore: boolean }) {
  return (
    <span className="hidden text-[0.8125rem] text-ink-soft lg:inline">
      <Key>↑</Key> <Key>↓</Key> move, <Key>→</Key> <Key>←</Key> open and close, <Key>Enter</Key> opens
      {mayRestore ? (
        <>
          , <Key>Space</Key> selects
        </>
      ) : null}
      , <Key>Backspace</Key> goes up
    </span>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="rounded-sm border px-1 font-sans text-[0.75rem]">{children}</kbd>;
}
