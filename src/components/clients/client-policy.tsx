import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import type { ClientDetail } from "../system/api";

/** What the machine's own policy file allows. Only its owner can change it, there. */
export function ClientPolicy({ client }: { client: ClientDetail }) {
  const { policy } = client;
  if (!policy) return null;
  return (
    <Section
      title="Policy of the machine"
      note="Kept on the machine and enforced there. Nobody can change it from here."
      boxed
    >
      <KeyValue
        items={[
          ["May be read", <Paths key="read" paths={policy.readPaths} />],
          ["Restore folder", <Paths key="folder" paths={[policy.restoreFolder]} />],
          ["Restores also to", <Paths key="also" paths={policy.restorePaths} none="nowhere else" />],
          [
            "Original places",
            policy.restoreToOriginal ? "allowed for archives it made itself" : "not allowed",
          ],
          ["Looking at its files", policy.browse ? "allowed within what may be read" : "not allowed"],
        ]}
      />
    </Section>
  );
}

function Paths({ paths, none = "nothing" }: { paths: readonly string[]; none?: string }) {
  if (paths.length === 0) return <>{none}</>;
  return (
    <ul>
      {paths.map((path) => (
        <li key={path} className="break-all font-mono text-[0.8125rem]">
          {path}
        </li>
      ))}
    </ul>
  );
}
