"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "~/components/ui/class-names";
import { useMayNeed } from "../system/use-may";
import { AlertCount } from "./alert-count";
import { isAt, MAIN_PLACES, type Place, SYSTEM_PLACES } from "./navigation";

/** The links of the sidebar. `narrow`: icons only, the names stay for screen readers and on hover. */
export function NavList({ narrow = false, onGo }: { narrow?: boolean; onGo?: () => void }) {
  return (
    <nav aria-label="Main" className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-2">
      <Places places={MAIN_PLACES} narrow={narrow} onGo={onGo} />
      <div className="mt-auto border-t pt-2">
        <Places places={SYSTEM_PLACES} narrow={narrow} onGo={onGo} />
      </div>
    </nav>
  );
}

function Places({ places, narrow, onGo }: { places: readonly Place[]; narrow: boolean; onGo?: () => void }) {
  const pathname = usePathname();
  const may = useMayNeed();
  return (
    <ul className="grid gap-0.5">
      {places.filter(may).map((place) => {
        const here = isAt(place, pathname);
        return (
          <li key={place.href}>
            <Link
              href={place.href}
              onClick={onGo}
              aria-current={here ? "page" : undefined}
              title={narrow ? place.label : undefined}
              className={cn(
                "relative flex h-8 items-center gap-3 rounded-md px-2.5 text-ink-soft hover:bg-hover hover:text-ink",
                here && "bg-accent-wash font-medium text-accent hover:bg-accent-wash hover:text-accent",
                narrow && "justify-center px-0",
              )}
            >
              <place.icon aria-hidden className="size-4 shrink-0" />
              <span className={narrow ? "sr-only" : undefined}>{place.label}</span>
              {place.counts === "alerts" ? <AlertCount narrow={narrow} /> : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
