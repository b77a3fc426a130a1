import { z } from "zod";
import { givenName } from "./name";
import { planFields } from "./plan-input";
import { planOptions } from "./plan-options";
import { PARTS_OF_ONE_MACHINE, partsOf } from "./plan-parts";

const { sources, excludes, compression, oneFileSystem, excludeCaches, keep, objectives, schedule } =
  planFields;

/** What a template or a profile sets, as it comes from outside. No password is sealed to a template: it is one machine's. */
export const planSettings = z
  .object({ sources, excludes, compression, oneFileSystem, excludeCaches, keep, objectives, schedule })
  .partial()
  .extend({ options: planOptions.partial().optional() })
  .refine(
    ({ options }) => !options?.databases?.some(({ credentials }) => credentials.kind === "sealed"),
    "A sealed password is one machine's and cannot be shared. Name credentials on the machine instead.",
  )
  .refine((settings) => partsOf(settings).length > 0, "Choose at least one thing that it sets.");

/** A template begins a plan; a profile is applied to many, so it sets nothing that is one machine's. */
export const planProfile = z
  .object({ kind: z.enum(["template", "profile"]), name: givenName, settings: planSettings })
  .refine(
    ({ kind, settings }) =>
      kind === "template" || !partsOf(settings).some((part) => PARTS_OF_ONE_MACHINE.includes(part)),
    {
      path: ["settings"],
      message: "Directories and databases are one machine's. A profile cannot set them.",
    },
  );
export type PlanProfileInput = z.output<typeof planProfile>;
export type ProfileKind = PlanProfileInput["kind"];
