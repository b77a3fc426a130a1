import { KeyValue } from "~/components/ui/key-value";
import { GRANTABLE } from "~/domain/permission";
import { PERMISSION_WORDS } from "~/domain/permission-words";

/** What each permission lets one do, for whoever wants to read it before ticking. */
export function PermissionLegend() {
  return (
    <details>
      <summary className="cursor-pointer text-ink-soft hover:text-ink">What each permission allows</summary>
      <KeyValue
        className="mt-2 text-[0.8125rem]"
        items={GRANTABLE.map(
          (permission) => [PERMISSION_WORDS[permission].label, PERMISSION_WORDS[permission].hint] as const,
        )}
      />
    </details>
  );
}
