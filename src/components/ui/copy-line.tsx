import { cn } from "./class-names";
import { CopyButton } from "./copy-button";

/** One line to paste, with its copy button. Long lines wrap, so that nothing of it is hidden. */
export function CopyLine({ text, className, label }: { text: string; className?: string; label?: string }) {
  return (
    <div className={cn("flex items-start gap-2 rounded-md border bg-sunken p-2", className)}>
      <code className="min-w-0 flex-1 self-center wrap-anywhere py-0.5 font-mono text-[0.8125rem]">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
