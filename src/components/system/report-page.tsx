"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { CopyButton } from "~/components/ui/copy-button";
import { CopyLine } from "~/components/ui/copy-line";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { REPORT_SUBJECT, reportTemplate } from "~/domain/vulnerability-report";
import { useTRPC } from "~/trpc/react";
import { VulnerabilityPolicy } from "./vulnerability-policy";
import { WhereToReport } from "./where-to-report";

/** How to tell of a vulnerability in private, with a template that holds the facts of this installation. */
export function ReportPage() {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(trpc.security.reportFacts.queryOptions());
  const template = reportTemplate(data.facts);
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Security", href: "/security" }]}
        title="Report a vulnerability"
        state="In private, please: no public issue, and no details where others read along before there is a fix."
      />
      <Section title="Where to">
        <div className="grid gap-3">
          <WhereToReport contact={data.contact} />
          <CopyLine text={REPORT_SUBJECT} label="Copy the subject" className="max-w-2xl" />
        </div>
      </Section>
      <Section
        title="Template"
        note="With the version and kinds of protection of this installation. It holds no names, addresses or secrets; read it before you send it."
        action={<CopyButton text={template} label="Copy the template" />}
      >
        <pre className="wrap-anywhere max-w-3xl overflow-x-auto whitespace-pre-wrap rounded-md border bg-sunken p-3 font-mono text-[0.8125rem]">
          {template}
        </pre>
      </Section>
      <VulnerabilityPolicy />
    </>
  );
}
