import { Lock } from "lucide-react";

/** Beside the name of an archive that nothing may remove. */
export function ProtectedMark({ archive }: { archive: { isProtected: boolean } }) {
  if (!archive.isProtected) return null;
  return (
    <span title="Protected: it is never removed, by nobody and no rule" className="inline-flex shrink-0">
      <Lock aria-hidden className="size-3.5 text-ok" />
      <span className="sr-only">protected</span>
    </span>
  );
}
