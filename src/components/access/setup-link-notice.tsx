import { ButtonLink } from "~/components/ui/button-link";
import { CopyLine } from "~/components/ui/copy-line";

const TEXTS = {
  done: {
    title: "This server is set up",
    say: "The first admin exists, so set-up links no longer work. Sign in instead.",
  },
  missing: {
    title: "Set up this server",
    say: "Nobody can sign in yet. The server printed a one-time set-up link when it started: open that link. It works for one hour. Restart the server for a new one, or make the first admin on the server itself:",
  },
  invalid: {
    title: "This set-up link no longer works",
    say: "It was used, or more than an hour has passed. Restart the server for a new link, or make the first admin on the server itself:",
  },
  limited: {
    title: "Too many tries",
    say: "Too many set-up links were tried from your network, so none is looked at for an hour. Open yours again then, or make the first admin on the server itself:",
  },
} as const;

/** Why there is no form here, and the way on. */
export function SetupLinkNotice({ reason }: { reason: keyof typeof TEXTS }) {
  const text = TEXTS[reason];
  return (
    <section className="grid gap-4 rounded-lg border bg-panel p-5">
      <h1 className="font-semibold text-lg">{text.title}</h1>
      <p className="text-ink-soft">{text.say}</p>
      {reason === "done" ? (
        <ButtonLink href="/sign-in" variant="primary" size="large">
          Sign in
        </ButtonLink>
      ) : (
        <CopyLine text="npx bbs-admin setup --email you@example.com" />
      )}
    </section>
  );
}
