/** Whom to write to. `contact` is a mailto: or https: address; null: nobody of its own is named. */
export function WhereToReport({ contact }: { contact: string | null }) {
  if (contact !== null) {
    return (
      <p className="max-w-prose">
        Write to{" "}
        <a href={contact} className="wrap-anywhere text-accent underline underline-offset-2">
          {contact.replace(/^mailto:/, "")}
        </a>
        .
      </p>
    );
  }
  return (
    <p className="max-w-prose text-ink-soft">
      In the repository where this software comes from, open Security, then Report a vulnerability: a private
      advisory that only its maintainers see. If it is about this installation and not the software, tell
      whoever runs it. (They can name an address here: SECURITY_CONTACT in the server's settings.)
    </p>
  );
}
