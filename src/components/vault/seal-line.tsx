import { formatCount } from "~/domain/quantity";
import { SEAL_WORDS } from "./seal-words";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** How the sealed data is kept out of the client's reach: what that protects, and what it does not. */
export function SealLine({ state }: { state: VaultState | null }) {
  const words = SEAL_WORDS[state?.sealKind ?? "none"];
  const seal = state?.seals.at(-1);
  return (
    <VaultLine
      title="Seal"
      note={
        <div className="grid gap-1">
          <p>{words.protects}</p>
          {words.not ? <p className="text-warn">{words.not}</p> : null}
        </div>
      }
    >
      {words.name}
      {seal ? (
        <span className="text-ink-soft">
          {" "}
          · {formatCount(seal.segments)} {seal.segments === 1 ? "segment" : "segments"}
        </span>
      ) : null}
    </VaultLine>
  );
}
