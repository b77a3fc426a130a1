import { Section } from "~/components/ui/section";
import type { Api } from "./api";

/** The line of authorized_keys in force and what the gate behind it runs, as the keeper reported them. */
export function ForcedCommand({
  forcedCommand,
}: {
  forcedCommand: Api["system"]["status"]["forcedCommand"];
}) {
  return (
    <Section
      title="What a client's key may do"
      note="Each client has one key, and the key has one command. Whatever the client asks for, sshd runs this instead:"
    >
      {forcedCommand ? (
        <div className="grid gap-3 rounded-md border bg-panel p-4">
          <Code text={forcedCommand.authorizedKeysLine} />
          <p className="text-ink-soft">
            The gate refuses anything but a borg serve, and then runs, with an emptied environment:
          </p>
          <Code text={forcedCommand.servedCommand} />
        </div>
      ) : (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">
          The storage node has not reported it yet.
        </p>
      )}
    </Section>
  );
}

function Code({ text }: { text: string }) {
  return (
    <code className="block break-words rounded-md bg-sunken p-2 font-mono text-[0.8125rem]">{text}</code>
  );
}
