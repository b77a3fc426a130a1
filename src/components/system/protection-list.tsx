import { ShieldCheck, ShieldOff } from "lucide-react";
import type { Api } from "./api";

type Protection = Api["system"]["status"]["protections"][number];

const NAMES: Record<string, string> = {
  "append-only": "Append-only",
  "separate-accounts": "An account of its own per client",
  "root-owned-keys": "Keys that clients cannot change",
  "trusted-code": "Code that only root can change",
  quota: "Storage quotas",
  "sealed-segments": "Audited backups out of the client's reach",
  "borg-patched": "borg with all security fixes",
};

/** Which protections the storage node really has, and what is missing without the others. */
export function ProtectionList({ protections }: { protections: readonly Protection[] }) {
  if (protections.length === 0) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">The storage node has not reported yet.</p>
    );
  }
  return (
    <ul className="rounded-md border bg-panel">
      {protections.map((protection) => (
        <li key={protection.name} className="flex items-start gap-2.5 border-b px-4 py-2.5 last:border-b-0">
          {protection.on ? (
            <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          ) : (
            <ShieldOff aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          )}
          <div className="grid min-w-0 gap-0.5">
            <p className="font-medium">
              {NAMES[protection.name] ?? protection.name}{" "}
              <span className={protection.on ? "font-normal text-ok" : "font-normal text-warn"}>
                {protection.on ? "on" : "off"}
              </span>
            </p>
            <p className="break-words text-ink-soft">{protection.say}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
