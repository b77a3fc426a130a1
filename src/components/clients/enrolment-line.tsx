"use client";

import { CopyLine } from "~/components/ui/copy-line";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import type { Api } from "../system/api";

type Enrolment = Api["clients"]["newEnrolment"];

/** The one line to paste on the machine, and the same by hand for those who want to see each step. */
export function EnrolmentLine({ enrolment, clientName }: { enrolment: Enrolment; clientName: string }) {
  return (
    <Section
      title={`Paste this on ${clientName}`}
      note={
        <>
          As root, in a shell. It is shown only now, works once, and expires{" "}
          <RelativeTime at={enrolment.expiresAt} />. The machine makes its own keys; we never hold them.
        </>
      }
    >
      <CopyLine text={enrolment.command} label="Copy the line" />
      <details className="rounded-md border bg-panel">
        <summary className="cursor-pointer px-4 py-2 text-ink-soft hover:text-ink">
          By hand, step by step
        </summary>
        <ol className="grid gap-2 border-t p-4">
          {enrolment.byHand.map((line, index) => (
            <li key={line} className="flex gap-3">
              <span className="w-4 shrink-0 pt-2 text-right text-ink-soft">{index + 1}</span>
              <CopyLine text={line} className="min-w-0 flex-1" />
            </li>
          ))}
        </ol>
      </details>
    </Section>
  );
}
