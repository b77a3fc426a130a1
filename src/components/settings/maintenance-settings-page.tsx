"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import { type Control, Controller, type FieldPathByValue, useController, useForm } from "react-hook-form";
import { NumberField } from "~/components/schedules/number-field";
import { WeekWindows } from "~/components/schedules/week-windows";
import { ZoneField } from "~/components/schedules/zone-field";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import type { Blackout } from "~/domain/schedule";
import type { Setting } from "~/domain/settings";
import { isZone } from "~/domain/zone";
import { useTRPC } from "~/trpc/react";
import { SettingForm } from "./setting-form";

/** What a new window begins as. */
const NIGHT: Blackout = { weekdays: [1, 2, 3, 4, 5, 6, 7], from: "01:00", to: "06:00" };

/** When the server looks after repositories by itself. */
export function MaintenanceSettingsPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.maintenanceSettings.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Maintenance"
        state="When repositories are compacted and read again by themselves. What a person asks for begins at once, whatever stands here."
      />
      <MaintenanceForm setting={data} />
    </>
  );
}

function MaintenanceForm({ setting }: { setting: Setting<"maintenance"> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm({ defaultValues: setting, mode: "onTouched" });
  const { control } = form;
  const save = useMutation(
    trpc.maintenanceSettings.save.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.maintenanceSettings.pathFilter()),
    }),
  );
  return (
    <SettingForm
      form={form}
      save={(draft) => save.mutateAsync(draft)}
      done="The next maintenance follows them."
    >
      <Section
        title="Windows"
        note="Outside of them nothing begins by itself, and a rolling check stops. No window: any time will do."
      >
        <div className="grid gap-4">
          <Controller
            control={control}
            name="windows"
            rules={{ validate: (windows) => windows.every(({ weekdays }) => weekdays.length > 0) }}
            render={({ field }) => (
              <WeekWindows values={field.value} onChange={field.onChange} first={NIGHT} />
            )}
          />
          <div className="max-w-xs">
            <Controller
              control={control}
              name="zone"
              rules={{ validate: isZone }}
              render={({ field }) => <ZoneField value={field.value} onChange={field.onChange} />}
            />
          </div>
        </div>
      </Section>
      <Section
        title="Reading again"
        note="A disk may forget without a word. Every day a share of each repository is read from the disk and held against its checksums, what waits longest first."
      >
        <div className="grid gap-4">
          <Controller
            control={control}
            name="rollingChecks"
            render={({ field }) => (
              <CheckboxField
                label="Read repositories again by themselves"
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
          <div className="flex flex-wrap gap-4">
            <SettingNumber
              control={control}
              name="checkEveryDays"
              label="Every byte within"
              unit="days"
              least={2}
              most={365}
            />
            <SettingNumber
              control={control}
              name="budgetMinutes"
              label="At most"
              unit="minutes a day for each repository"
              hint="If that is not enough, an alert says so."
              least={1}
              most={1440}
            />
          </div>
        </div>
      </Section>
      <Section
        title="Compacting"
        note="It frees the space of what has been in the trash long enough, and only where everything is audited and clean."
      >
        <SettingNumber
          control={control}
          name="compactEveryDays"
          label="A repository at most every"
          unit="days"
          least={1}
          most={90}
        />
      </Section>
    </SettingForm>
  );
}

function SettingNumber({
  control,
  name,
  ...shown
}: {
  control: Control<Setting<"maintenance">>;
  name: FieldPathByValue<Setting<"maintenance">, number>;
} & Omit<ComponentProps<typeof NumberField>, "value" | "onChange">) {
  const { field } = useController({ control, name });
  return <NumberField {...shown} value={field.value} onChange={field.onChange} />;
}
