import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { formatDuration } from "~/domain/quantity";
import type { ClientDetail } from "../system/api";
import { BorgVersion } from "../system/borg-version";

/** Milliseconds a clock may be off before it is worth a word. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What the machine says of itself, and our side of the connection. */
export function ClientMachine({ client }: { client: ClientDetail }) {
  const { machine } = client;
  if (!machine) {
    return (
      <Section title="Machine">
        <p className="rounded-md border bg-panel p-4 text-ink-soft">Not seen yet.</p>
      </Section>
    );
  }
  const ahead = machine.clockAheadMs ?? 0;
  const clock =
    Math.abs(ahead) < CLOCK_TOLERANCE_MS
      ? "right"
      : `${formatDuration(Math.abs(ahead) / 1000)} ${ahead > 0 ? "ahead" : "behind"}; archives are dated by our clock`;
  return (
    <Section title="Machine" boxed>
      <KeyValue
        items={[
          ["Host", machine.hostname],
          ["System", `${machine.os}, ${machine.arch}`],
          ["borg", <BorgVersion key="borg" version={machine.borgVersion} />],
          ["Agent", machine.agentVersion],
          ["Clock", clock],
          [
            "Account here",
            <code key="user" className="font-mono">
              {client.sshUser ?? (client.state === "problem" ? "none" : "being made")}
            </code>,
          ],
          ["Enrolled", <RelativeTime key="enrolled" at={client.enrolledAt} />],
          ["Last heard of", <RelativeTime key="seen" at={client.lastSeenAt} />],
        ]}
      />
    </Section>
  );
}
