import { ShieldAlert, ShieldCheck, ShieldOff } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import type { LayerState } from "~/domain/security-facts";
import type { Api } from "./api";

type Layer = Api["security"]["get"]["layers"][number];

const LOOKS: Record<LayerState, { icon: typeof ShieldCheck; ink: string; word: string }> = {
  on: { icon: ShieldCheck, ink: "text-ok", word: "on" },
  weak: { icon: ShieldAlert, ink: "text-warn", word: "weak" },
  off: { icon: ShieldOff, ink: "text-fail", word: "off" },
};

/** Layers with what each protects, its state in words, and the way to mend it. */
export function LayerList({ layers }: { layers: readonly Layer[] }) {
  return (
    <ul className="rounded-md border bg-panel">
      {layers.map(({ key, title, protects, state, say, fix }) => {
        const { icon: Icon, ink, word } = LOOKS[state];
        return (
          <li
            key={key}
            className="flex flex-wrap items-start gap-x-3 gap-y-2 border-b px-4 py-3 last:border-b-0"
          >
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ink}`} />
            <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
              <p className="font-medium">
                {title} <span className={`font-normal ${ink}`}>{word}</span>
              </p>
              <p className="wrap-anywhere max-w-prose">{say}</p>
              <p className="max-w-prose text-[0.8125rem] text-ink-soft">{protects}</p>
            </div>
            {fix ? (
              <ButtonLink href={fix.href} size="small" prefetch={false}>
                {fix.label}
              </ButtonLink>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
