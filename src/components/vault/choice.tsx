import type { ReactNode } from "react";

/** One of the ways out of a hold: when it is right, what it does, and its button. */
export function Choice({
  title,
  when,
  points,
  children,
}: {
  title: string;
  when: string;
  points: readonly string[];
  children: ReactNode;
}) {
  return (
    <div className="grid content-start gap-3 bg-panel p-4">
      <div className="grid gap-0.5">
        <h3 className="font-medium">{title}</h3>
        <p className="text-ink-soft">{when}</p>
      </div>
      <ul className="grid max-w-prose list-disc gap-1 pl-5 text-ink-soft">
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <div>{children}</div>
    </div>
  );
}
