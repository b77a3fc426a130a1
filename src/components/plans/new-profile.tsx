"use client";

import { useEffect } from "react";
import { useLate } from "~/components/ui/late";
import { SkeletonRows } from "~/components/ui/skeleton";
import type { ProfileKind } from "~/domain/plan-settings";
import { ProfileEditor } from "./profile-editor";

const loadTemplates = () => import("./offered-templates");

/** The form of a new template or profile; `from` is the key of a built-in template that is copied. */
export function NewProfile({ kind, from }: { kind: ProfileKind; from: string | null }) {
  const { part, want } = useLate(loadTemplates);
  useEffect(() => {
    if (from !== null) want();
  }, [from, want]);
  if (from === null) return <ProfileEditor kind={kind} row={null} start={{ name: "", settings: {} }} />;
  if (!part) return <SkeletonRows />;
  const copied = part.offeredTemplates([]).find(({ key }) => key === from);
  return (
    <ProfileEditor
      kind={kind}
      row={null}
      start={copied ? { name: copied.name, settings: copied.settings } : { name: "", settings: {} }}
    />
  );
}
