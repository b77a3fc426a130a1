import { sayGrantShortly, sayGrants } from "~/domain/permission-words";
import type { NamedGrant, Role } from "./people-api";

interface Who {
  role: Role;
  grants: readonly NamedGrant[];
}

/** Grants that a table's cell shows; the person's page shows all. */
const SHOWN = 3;

/** What somebody may do, in a few words. */
export function WhatTheyMayShortly({ who: { role, grants } }: { who: Who }) {
  if (role === "admin") return <>everything</>;
  if (grants.length === 0) return <span className="text-ink-soft">nothing yet</span>;
  return (
    <span className="grid">
      {grants.slice(0, SHOWN).map((grant) => (
        <span key={keyOf(grant)} className="truncate">
          {sayGrantShortly(grant, () => nameOf(grant))}
        </span>
      ))}
      {grants.length > SHOWN ? <span className="text-ink-soft">and {grants.length - SHOWN} more</span> : null}
    </span>
  );
}

/** The same in whole sentences. */
export function WhatTheyMay({ who: { role, grants } }: { who: Who }) {
  if (role === "admin")
    return <p>An admin may do everything with every client, and manage people and settings.</p>;
  if (grants.length === 0) return <p>May sign in, and sees no client at all until something is granted.</p>;
  const sentences = sayGrants(
    grants,
    (clientId) => grants.find((grant) => grant.clientId === clientId)?.clientName ?? "one client",
  );
  return (
    <ul className="grid gap-1">
      {sentences.map((sentence) => (
        <li key={sentence} className="wrap-anywhere">
          {sentence}
        </li>
      ))}
    </ul>
  );
}

const nameOf = (grant: NamedGrant) => grant.clientName ?? "one client";
const keyOf = (grant: NamedGrant) => `${grant.clientId ?? ""} ${grant.tag ?? ""}`;
