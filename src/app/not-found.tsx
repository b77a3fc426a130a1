import { ButtonLink } from "~/components/ui/button-link";

export default function NotFound() {
  return (
    <div className="grid justify-items-start gap-3 p-6">
      <h1 className="font-semibold text-xl">There is no such page</h1>
      <p className="max-w-prose text-ink-soft">
        What stood here was removed, or the address has a typing mistake. Nothing is lost by looking.
      </p>
      <ButtonLink href="/" variant="primary">
        Go to the overview
      </ButtonLink>
    </div>
  );
}
