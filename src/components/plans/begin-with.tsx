"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useFormContext } from "react-hook-form";
import { useLate } from "~/components/ui/late";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import type { PlanDraft } from "~/domain/plan-input";
import { applySettings, type PlanSettings } from "~/domain/plan-parts";
import { useTRPC } from "~/trpc/react";

const loadTemplates = () => import("./offered-templates");

/** Templates to begin a new plan with. Whoever wants none fills in the form as it is. */
export function BeginWith({ template }: { template: string | null }) {
  const trpc = useTRPC();
  const { getValues, reset } = useFormContext<PlanDraft>();
  const { data } = useQuery(trpc.planProfiles.list.queryOptions({ kind: "template" }));
  const { part, want } = useLate(loadTemplates);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useRef(template);
  useEffect(want, [want]);
  const offered = part && data ? part.offeredTemplates(data) : [];
  const begin = (one: { key: string; name: string; settings: PlanSettings }) => {
    const now = getValues();
    const plan = applySettings(now, one.settings);
    reset({ ...plan, name: now.name || one.name }, { keepDefaultValues: true });
    setChosen(one.key);
  };
  const wanted = offered.find((one) => one.key === asked.current);
  useEffect(() => {
    // Once, when what the address asks for is there; afterwards it is the person's form.
    if (!wanted || asked.current === null) return;
    asked.current = null;
    begin(wanted);
  });
  return (
    <Section
      title="Begin with"
      note="A template fills in the form below; everything can be changed."
      action={<TextLink href="/plans/profiles">Templates and profiles</TextLink>}
    >
      <ul className="grid min-h-24 gap-2 sm:grid-cols-2 lg:grid-cols-3" aria-label="Templates">
        {offered.map((one) => (
          <li key={one.key}>
            <button
              type="button"
              aria-pressed={chosen === one.key}
              onClick={() => begin(one)}
              className="grid h-full w-full content-start gap-0.5 rounded-md border bg-panel p-3 text-left hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-wash"
            >
              <span className="font-medium">{one.name}</span>
              <span className="text-[0.8125rem] text-ink-soft">{one.hint}</span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
