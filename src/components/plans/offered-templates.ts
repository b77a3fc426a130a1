import { PLAN_PARTS, type PlanSettings, partsOf } from "~/domain/plan-parts";
import { builtInTemplates } from "~/domain/plan-templates";
import { listWords } from "~/domain/plan-words";
import type { Api } from "../system/api";

/** A template as it is offered: one that was made here, or a built-in one that nobody has replaced by one of its name. */
export interface OfferedTemplate {
  /** The row's id, or the key of the built-in one. */
  key: string;
  name: string;
  hint: string;
  isBuiltIn: boolean;
  settings: PlanSettings;
  row: Api["planProfiles"]["list"][number] | null;
}

/** The templates on offer: the built-in ones in their order, in place of each the one made here by its name, then all others by name. */
export function offeredTemplates(rows: Api["planProfiles"]["list"]): OfferedTemplate[] {
  const own = rows.filter(({ kind }) => kind === "template");
  const named = (name: string) => own.find((row) => row.name.toLowerCase() === name.toLowerCase());
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const first = builtInTemplates(zone).map((template) => {
    const row = named(template.name);
    return row ? offer(row) : { ...template, isBuiltIn: true, row: null };
  });
  const shown = new Set(first.map(({ key }) => key));
  return [...first, ...own.filter(({ id }) => !shown.has(id)).map(offer)];
}

function offer(row: Api["planProfiles"]["list"][number]): OfferedTemplate {
  const { id, name, settings } = row;
  const parts = partsOf(settings).map((part) => PLAN_PARTS[part].label.toLowerCase());
  return { key: id, name, hint: `Sets ${listWords(parts, 4)}.`, isBuiltIn: false, settings, row };
}
