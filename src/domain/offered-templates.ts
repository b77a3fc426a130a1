import { PLAN_PARTS, type PlanSettings, partsOf } from "./plan-parts";
import { builtInTemplates } from "./plan-templates";
import { listWords } from "./plan-words";

/** A template that was made here. */
interface OwnTemplate {
  id: string;
  kind: "template" | "profile";
  name: string;
  settings: PlanSettings;
}

/** A template as it is offered: one that was made here, or a built-in one that nobody has replaced by one of its name. */
export interface OfferedTemplate<Row> {
  /** The row's id, or the key of the built-in one. */
  key: string;
  name: string;
  hint: string;
  settings: PlanSettings;
  /** Null: built in. */
  row: Row | null;
}

/**
 * The templates on offer, of all rows of templates and profiles: the built-in ones in their order (their times in `zone`), in place of each the
 * one made here by its name in any case of letters, then all others in the order given.
 */
export function offeredTemplates<Row extends OwnTemplate>(
  rows: readonly Row[],
  zone: string,
): OfferedTemplate<Row>[] {
  const own = rows.filter(({ kind }) => kind === "template");
  const first = builtInTemplates(zone).map((template): OfferedTemplate<Row> => {
    const row = own.find(({ name }) => name.toLowerCase() === template.name.toLowerCase());
    return row ? offer(row) : { ...template, row: null };
  });
  const shown = new Set(first.map(({ key }) => key));
  return [...first, ...own.filter(({ id }) => !shown.has(id)).map(offer)];
}

function offer<Row extends OwnTemplate>(row: Row): OfferedTemplate<Row> {
  const { id, name, settings } = row;
  const parts = partsOf(settings).map((part) => PLAN_PARTS[part].label.toLowerCase());
  return { key: id, name, hint: `Sets ${listWords(parts, 4)}.`, settings, row };
}
