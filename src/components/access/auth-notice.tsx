import type { Route } from "next";
import type { ReactNode } from "react";
import { ButtonLink } from "~/components/ui/button-link";

/** A page outside the console that has no form: what is, and the one way on. */
export function AuthNotice({
  title,
  to,
  action,
  children,
}: {
  title: string;
  to: Route;
  action: string;
  children: ReactNode;
}) {
  return (
    <section className="grid gap-4 rounded-lg border bg-panel p-5">
      <h1 className="font-semibold text-lg">{title}</h1>
      <p className="text-ink-soft">{children}</p>
      <ButtonLink href={to} variant="primary" size="large">
        {action}
      </ButtonLink>
    </section>
  );
}
