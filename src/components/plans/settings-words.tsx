import { KeyValue } from "~/components/ui/key-value";
import { EMPTY_PLAN } from "~/domain/plan-draft";
import { applySettings, PLAN_PARTS, type PlanSettings, partsOf } from "~/domain/plan-parts";

/** What a template or profile sets, in plain words. */
export function SettingsWords({ settings }: { settings: PlanSettings }) {
  const plan = applySettings(EMPTY_PLAN, settings);
  return (
    <KeyValue
      items={partsOf(settings).map((part) => [PLAN_PARTS[part].label, PLAN_PARTS[part].say(plan)] as const)}
    />
  );
}
