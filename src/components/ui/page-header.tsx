import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

export interface Crumb {
  label: string;
  href: string;
}

/**
 * Where I am and what this page answers, in its first lines. `crumbs` are the pages above this one, the outermost first; `state` is
 * the sentence; `actions` the buttons, the main one first.
 */
export function PageHeader({
  crumbs = [],
  title,
  badge,
  state,
  actions,
}: {
  crumbs?: readonly Crumb[];
  title: string;
  badge?: ReactNode;
  state?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="grid gap-1">
      {crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb">
          <ol className="flex flex-wrap items-center gap-1 text-[0.8125rem] text-ink-soft">
            {crumbs.map((crumb) => (
              <li key={crumb.href} className="flex items-center gap-1">
                <Link href={crumb.href} className="hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
                <ChevronRight aria-hidden className="size-3.5" />
              </li>
            ))}
            <li aria-current="page" className="max-w-64 truncate text-ink">
              {title}
            </li>
          </ol>
        </nav>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 break-words font-semibold text-xl leading-7">{title}</h1>
            {badge}
          </div>
          {state ? <div className="max-w-[75ch] text-pretty text-ink-soft">{state}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
