import {
  Archive,
  ClipboardList,
  Database,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Vault,
} from "lucide-react";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
}

/** The pages of the console, in the order of the sidebar. Edit when a page is added. */
export const MAIN_PLACES: readonly Place[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard },
  { href: "/clients", label: "Clients", icon: Server },
  { href: "/plans", label: "Plans", icon: ClipboardList },
  { href: "/jobs", label: "Jobs", icon: ListChecks },
  { href: "/archives", label: "Archives", icon: Archive },
  { href: "/repositories", label: "Repositories", icon: Database },
  { href: "/incidents", label: "Vault", icon: Vault },
];
export const SYSTEM_PLACES: readonly Place[] = [
  { href: "/journal", label: "Journal", icon: ScrollText },
  { href: "/security", label: "Security", icon: ShieldCheck },
  { href: "/settings/tokens", label: "Settings", icon: Settings },
];

/** Whether `pathname` is the place or below it. */
export function isAt(place: Place, pathname: string): boolean {
  const root = place.href.startsWith("/settings") ? "/settings" : place.href;
  return root === "/" ? pathname === "/" : pathname === root || pathname.startsWith(`${root}/`);
}
