import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names";

const LOOKS = {
  info: { icon: Info, style: "border-line-strong/50 bg-panel", ink: "text-ink-soft" },
  ok: { icon: CircleCheck, style: "border-ok/40 bg-ok-wash", ink: "text-ok" },
  warn: { icon: TriangleAlert, style: "border-warn/40 bg-warn-wash", ink: "text-warn" },
  fail: { icon: CircleAlert, style: "border-fail/40 bg-fail-wash", ink: "text-fail" },
} as const;

/** Something about this page's thing that a person must know before anything else: what it is and what to do. */
export function Notice({
  tone,
  title,
  children,
  action,
}: {
  tone: keyof typeof LOOKS;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const look = LOOKS[tone];
  return (
    <div className={cn("flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border px-4 py-3", look.style)}>
      <look.icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", look.ink)} />
      <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
        <p className="font-medium">{title}</p>
        {children ? <div className="max-w-prose break-words text-ink-soft">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}
