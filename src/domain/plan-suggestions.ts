/** A directory or pattern that the plan editor offers to add, and why one would. */
export interface Suggestion {
  value: string;
  why: string;
}

/** Where Linux machines keep what cannot be installed again (Filesystem Hierarchy Standard 3.0, and Docker's volumes). */
export const SOURCE_SUGGESTIONS: readonly Suggestion[] = [
  { value: "/etc", why: "configuration" },
  { value: "/home", why: "people's files" },
  { value: "/root", why: "the administrator's files" },
  { value: "/srv", why: "what this machine serves" },
  { value: "/opt", why: "software outside the package manager" },
  { value: "/usr/local", why: "what was installed by hand" },
  { value: "/var/lib", why: "state of services and databases" },
  { value: "/var/www", why: "web sites" },
  { value: "/var/mail", why: "mail boxes" },
  { value: "/var/spool/cron", why: "people's cron tables" },
  { value: "/boot", why: "kernel and boot loader" },
];

/** What can be made again and only costs space. Patterns are borg's `sh:` style: `**` crosses directories. */
export const EXCLUDE_SUGGESTIONS: readonly Suggestion[] = [
  { value: "sh:**/.cache", why: "caches of programs" },
  { value: "sh:**/node_modules", why: "JavaScript packages" },
  { value: "sh:**/__pycache__", why: "compiled Python" },
  { value: "sh:**/.local/share/Trash", why: "desktop trash" },
  { value: "/var/cache", why: "package and service caches" },
  { value: "/var/tmp", why: "temporary files" },
  { value: "/var/lib/docker/overlay2", why: "layers of container images" },
  { value: "sh:**/*.tmp", why: "temporary files by name" },
];

/** The sources that the button "usual directories" adds. */
export const USUAL_SOURCES = ["/etc", "/home", "/root", "/srv", "/usr/local", "/var/lib"] as const;
/** The excludes that go with them. */
export const USUAL_EXCLUDES = ["sh:**/.cache", "/var/lib/docker/overlay2"] as const;
