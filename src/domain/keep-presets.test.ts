import { expect, it } from "vitest";
import { KEEP_PRESETS, presetOf } from "./keep-presets";
import { planKeep } from "./plan-input";

it("offers only rules that a plan may have", () => {
  for (const preset of KEEP_PRESETS) expect(planKeep.safeParse(preset.rules).success).toBe(true);
});

it("finds the preset again that rules came from, and none for a person's own", () => {
  for (const preset of KEEP_PRESETS)
    expect(presetOf(preset.rules ? { ...preset.rules } : null)).toBe(preset.key);
  const [, balanced] = KEEP_PRESETS;
  expect(balanced?.rules && presetOf({ ...balanced.rules, yearly: 1 })).toBeNull();
});
