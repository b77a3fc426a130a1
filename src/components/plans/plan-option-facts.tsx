import type { ReactNode } from "react";
import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import {
  borgOptionWords,
  sayCredentials,
  sayDatabase,
  sayDrill,
  sayHooks,
  saySnapshot,
  sayUpload,
} from "~/domain/option-words";
import { formatDuration } from "~/domain/quantity";
import { MachineName } from "../clients/machine-name";
import type { Api } from "../system/api";

type Plan = Api["plans"]["get"];

/** What a plan asks of databases, of the machine and of borg, in plain words. Nothing where it asks for nothing. */
export function PlanOptionFacts({ plan }: { plan: Plan }) {
  const items = factsOf(plan);
  if (items.length === 0) return null;
  return (
    <Section title="Databases and options" boxed>
      <KeyValue items={items} />
    </Section>
  );
}

function Drills({ drill }: { drill: NonNullable<Plan["options"]["drill"]> }) {
  return (
    <>
      {sayDrill(drill)}
      {drill.onto === undefined ? null : (
        <>
          {" ("}
          <MachineName id={drill.onto} />)
        </>
      )}
    </>
  );
}

function factsOf({ options }: Plan): [string, ReactNode][] {
  const { databases, hooksBefore, hooksAfter, stopContainersLabelled, limitMinutes } = options;
  const borg = borgOptionWords(options);
  const hasLimit = options.uploadKibPerSecond !== null || options.uploadWindows.length > 0;
  const facts: [string, ReactNode][] = [];
  if (databases.length > 0)
    facts.push([
      "Databases",
      <ul key="databases" className="grid gap-1">
        {databases.map((source) => (
          <li key={source.name}>
            {sayDatabase(source)}
            <span className="block text-[0.8125rem] text-ink-soft">{sayCredentials(source.credentials)}</span>
          </li>
        ))}
      </ul>,
    ]);
  if (hooksBefore.length > 0) facts.push(["Before", sayHooks(hooksBefore)]);
  if (hooksAfter.length > 0) facts.push(["After", `${sayHooks(hooksAfter)}, whatever became of the backup`]);
  if (stopContainersLabelled)
    facts.push(["Containers", `labelled ${stopContainersLabelled} are stopped meanwhile`]);
  if (options.snapshot !== "none") facts.push(["Reads", saySnapshot(options.snapshot)]);
  if (hasLimit) facts.push(["Upload", sayUpload(options)]);
  if (limitMinutes !== null) facts.push(["Time limit", `stopped after ${formatDuration(limitMinutes * 60)}`]);
  if (options.drill !== null) facts.push(["Restore drills", <Drills key="drills" drill={options.drill} />]);
  if (borg.length > 0) facts.push(["borg", borg.join(", ")]);
  return facts;
}
