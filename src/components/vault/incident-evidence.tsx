import { CircleAlert } from "lucide-react";
import { Section } from "~/components/ui/section";
import { sayEvidence } from "~/domain/tamper-words";
import type { IncidentDetail } from "./vault-api";

/** Everything the audit found, each in a sentence. Names of archives that vanished are listed. */
export function IncidentEvidence({ incident }: { incident: IncidentDetail }) {
  return (
    <Section title="What the audit found">
      <ul className="rounded-md border bg-panel">
        {incident.evidence.map((evidence) => (
          <li
            key={JSON.stringify(evidence)}
            className="flex items-start gap-2.5 border-b px-4 py-2.5 last:border-b-0"
          >
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
            <div className="grid min-w-0 gap-1">
              <p className="break-words">{sayEvidence(evidence, sessionOf(incident, evidence))}</p>
              {evidence.kind === "archives-missing" ? (
                <ul className="grid gap-0.5 text-[0.8125rem]">
                  {evidence.archives.slice(0, 10).map((archive) => (
                    <li key={archive.borgId} className="break-all font-mono text-ink-soft">
                      {archive.name}
                    </li>
                  ))}
                  {evidence.count > 10 ? (
                    <li className="text-ink-soft">and {evidence.count - 10} more</li>
                  ) : null}
                </ul>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The session that a finding names; for one that names none, the only session there was. */
function sessionOf(
  incident: IncidentDetail,
  evidence: IncidentDetail["evidence"][number],
): { at: Date | null; peerAddress: string | null } {
  const named = "session" in evidence ? evidence.session : null;
  const session =
    named === null
      ? incident.sessions.length === 1
        ? incident.sessions[0]
        : undefined
      : incident.sessions.find((one) => one.sequence === named);
  return { at: session?.startedAt ?? null, peerAddress: session?.peerAddress ?? null };
}
