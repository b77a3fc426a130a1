import {
  CircleCheck,
  CircleX,
  Database,
  Hourglass,
  type LucideIcon,
  OctagonAlert,
  Siren,
  TriangleAlert,
} from "lucide-react";
import Link from "next/link";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import type { Overview } from "../system/api";

type Item = Overview["needsYou"][number];

const ICONS: Record<Item["kind"], LucideIcon> = {
  "repository-held": OctagonAlert,
  "job-failed": CircleX,
  "client-problem": TriangleAlert,
  "client-waiting": Hourglass,
  "repository-failed": Database,
  "alert-critical": Siren,
  "alert-serious": TriangleAlert,
  "alert-warning": TriangleAlert,
};

/** What can wait is not red. */
const CALM: readonly Item["kind"][] = ["client-waiting", "alert-warning"];

/** What waits for a person, the gravest first (the server sorts). */
export function NeedsYou({ items }: { items: readonly Item[] }) {
  return (
    <Section title="Needs you">
      {items.length === 0 ? (
        <p className="flex items-center gap-2 rounded-md border bg-panel p-4 text-ink-soft">
          <CircleCheck aria-hidden className="size-4 text-ok" />
          Nothing waits for you.
        </p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {items.map((item) => {
            const Icon = ICONS[item.kind];
            return (
              <li
                key={`${item.kind}-${item.alertId ?? item.jobId ?? item.clientId}-${item.at.getTime()}`}
                className="border-b last:border-b-0"
              >
                <Link
                  prefetch={false}
                  href={placeOf(item)}
                  className="flex items-start gap-2.5 px-4 py-2.5 hover:bg-hover"
                >
                  <Icon
                    aria-hidden
                    className={`mt-0.5 size-4 shrink-0 ${CALM.includes(item.kind) ? "text-ink-soft" : "text-fail"}`}
                  />
                  <span className="min-w-0 break-words">
                    {item.say}{" "}
                    <RelativeTime at={item.at} className="whitespace-nowrap text-[0.8125rem] text-ink-soft" />
                  </span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}

function placeOf(item: Item): string {
  if (item.incidentId) return `/incidents/${item.incidentId}`;
  if (item.alertId) return `/alerts/${item.alertId}`;
  if (item.jobId) return `/jobs/${item.jobId}`;
  return item.clientId ? `/clients/${item.clientId}` : "/repositories";
}
