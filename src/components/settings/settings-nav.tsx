"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import type { Place } from "~/components/shell/navigation";
import { useMayNeed } from "~/components/system/use-may";
import { cn } from "~/components/ui/class-names";

const PAGES: readonly Omit<Place, "icon">[] = [
  { href: "/settings/tokens", label: "API tokens" },
  { href: "/settings/sign-in", label: "Sign-in", needs: "administer" },
  { href: "/settings/oidc", label: "OpenID Connect", needs: "administer" },
  { href: "/settings/mail", label: "Mail", needs: "administer" },
  { href: "/settings/queue", label: "Queue", needs: "administer" },
  { href: "/settings/alerts", label: "Alerts", needs: "administer" },
  { href: "/settings/outgoing", label: "Outgoing connections", needs: "administer" },
  { href: "/settings/updates", label: "Updates", needs: "administer" },
  { href: "/settings/maintenance", label: "Maintenance", needs: "administer" },
  { href: "/settings/self-backup", label: "Self-backup", needs: "administer" },
  { href: "/settings/journal", label: "Journal", needs: "administer" },
];

/** The pages of the settings, in one line that scrolls on phones. Whoever is no admin has one page, and needs no line. */
export function SettingsNav() {
  const pathname = usePathname();
  const pages = PAGES.filter(useMayNeed());
  const line = useRef<HTMLUListElement>(null);
  // On a phone the page that is open may stand beyond the edge.
  useEffect(() => {
    const here = line.current?.querySelector(`a[href="${pathname}"]`);
    here?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  if (pages.length < 2) return null;
  return (
    <nav aria-label="Settings" className="-mx-4 overflow-x-auto border-b px-4 sm:-mx-6 sm:px-6">
      <ul ref={line} className="flex gap-1">
        {pages.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className={cn(
                "-mb-px block whitespace-nowrap border-b-2 px-3 py-2",
                pathname === href
                  ? "border-accent font-medium text-ink"
                  : "border-transparent text-ink-soft hover:text-ink",
              )}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
