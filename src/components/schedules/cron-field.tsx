"use client";

import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { readCron } from "~/domain/cron";

/** Five fields, as crontab has them; what is wrong is said while one types. */
export function CronField({
  zone,
  expression,
  onChange,
}: {
  zone: string;
  expression: string;
  onChange: (expression: string) => void;
}) {
  const read = readCron(expression);
  return (
    <Field
      label="Cron expression"
      error={"wrong" in read ? read.wrong : undefined}
      hint={`Minute, hour, day of the month, month, day of the week, on the clock of ${zone}. “30 1 * * mon-fri” is 01:30 on working days.`}
    >
      <Input
        className="max-w-72 font-mono"
        value={expression}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
