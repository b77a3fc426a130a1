"use client";

import { RadioGroup } from "~/components/ui/radio-group";
import type { GrantDraft } from "./grant-drafts";
import { GrantsEditor } from "./grants-editor";
import type { Role } from "./people-api";

export const ROLE_CHOICES = [
  {
    value: "user",
    label: "User",
    hint: "Sees and does what is granted, with the clients it is granted for.",
  },
  {
    value: "admin",
    label: "Admin",
    hint: "May do everything with every client, and manages people and settings.",
  },
] as const;

/** A role, and for users what they may do: for whoever is invited or let in. */
export function RoleAndGrants({
  role,
  onRole,
  drafts,
  onDrafts,
}: {
  role: Role;
  onRole: (role: Role) => void;
  drafts: readonly GrantDraft[];
  onDrafts: (drafts: GrantDraft[]) => void;
}) {
  return (
    <>
      <RadioGroup label="Role" choices={ROLE_CHOICES} value={role} onChange={onRole} />
      {role === "user" ? <GrantsEditor drafts={drafts} onChange={onDrafts} /> : null}
    </>
  );
}
