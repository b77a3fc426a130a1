import { ShieldAlert, ShieldCheck, ShieldQuestion } from "lucide-react";
import type { ReactNode } from "react";
import { ShortTime } from "~/components/ui/short-time";
import { formatCount } from "~/domain/quantity";
import type { Vault } from "./vault-api";

/** How the vault of a repository stands, in one sentence: "Sealed at 01:59 with 41 archives. Nothing has changed since." */
export function VaultSentence({ vault }: { vault: Pick<Vault, "state" | "incident"> }) {
  const { state, incident } = vault;
  if (!state?.auditedAt) {
    return (
      <Said icon={ShieldQuestion} tone="text-ink-soft">
        Not audited yet. The first audit follows the first backup; nothing is ever deleted before it.
      </Said>
    );
  }
  const heldAt = state.hold ? new Date(state.hold.since) : incident?.openedAt;
  if (heldAt) {
    return (
      <Said icon={ShieldAlert} tone="text-fail">
        Held since <ShortTime at={heldAt} />. The client is refused, and nothing is pruned or compacted, until
        somebody has decided.
      </Said>
    );
  }
  const seal = state.seals.at(-1);
  if (!seal) {
    return (
      <Said icon={ShieldQuestion} tone="text-warn">
        Audited at <ShortTime at={new Date(state.auditedAt)} /> and found clean, but not sealed: there is no
        state to roll back to.
      </Said>
    );
  }
  return (
    <Said icon={ShieldCheck} tone="text-ok">
      Sealed at <ShortTime at={new Date(seal.sealedAt)} /> with {archives(seal.archives)}. {sinceThen(state)}
    </Said>
  );
}

function sinceThen(state: NonNullable<Vault["state"]>): string {
  if (state.unaudited === 0) return "Nothing has changed since.";
  return state.unaudited === 1
    ? "One session has written since and waits for its audit."
    : `${formatCount(state.unaudited)} sessions have written since and wait for their audit.`;
}

function archives(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "archive" : "archives"}`;
}

function Said({
  icon: Icon,
  tone,
  children,
}: {
  icon: typeof ShieldCheck;
  tone: string;
  children: ReactNode;
}) {
  return (
    <p className="flex items-start gap-2 font-medium">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <span className="min-w-0 text-pretty">{children}</span>
    </p>
  );
}
