import {
  Archive,
  Award,
  BellRing,
  CalendarDays,
  ClipboardList,
  Database,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  PackageCheck,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Users,
  Vault,
} from "lucide-react";
import type { Action } from "~/domain/permission";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Whose it is; absent: everybody's who is signed in. */
  needs?: Action | "administer";
  /** What of it needs a person is counted beside its name. */
  counts?: "alerts";
}

/** The pages of the console, in the order of the sidebar. Edit when a page is added. */
export const MAIN_PLACES: readonly Place[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard },
  { href: "/clients", label: "Clients", icon: Server, needs: "view" },
  { href: "/plans", label: "Plans", icon: ClipboardList, needs: "view" },
  { href: "/calendar", label: "Calendar", icon: CalendarDays, needs: "view" },
  { href: "/jobs", label: "Jobs", icon: ListChecks, needs: "view" },
  { href: "/archives", label: "Archives", icon: Archive, needs: "view" },
  { href: "/repositories", label: "Repositories", icon: Database, needs: "view" },
  { href: "/incidents", label: "Vault", icon: Vault, needs: "view" },
  { href: "/alerts", label: "Alerts", icon: BellRing, needs: "view", counts: "alerts" },
  { href: "/reports", label: "Reports", icon: Award, needs: "view" },
];
export const SYSTEM_PLACES: readonly Place[] = [
  { href: "/updates", label: "Updates", icon: PackageCheck, needs: "administer" },
  { href: "/people", label: "People", icon: Users, needs: "administer" },
  { href: "/journal", label: "Journal", icon: ScrollText, needs: "administer" },
  { href: "/security", label: "Security", icon: ShieldCheck, needs: "administer" },
  { href: "/settings/tokens", label: "Settings", icon: Settings },
];

/** Whether `pathname` is the place or below it. */
export function isAt(place: Place, pathname: string): boolean {
  const root = place.href.startsWith("/settings") ? "/settings" : place.href;
  return root === "/" ? pathname === "/" : pathname === root || pathname.startsWith(`${root}/`);
}
