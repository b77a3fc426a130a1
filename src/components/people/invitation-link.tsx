import { CopyLine } from "~/components/ui/copy-line";
import { ShortTime } from "~/components/ui/short-time";

/** The link of a fresh invitation. Whoever has it gets the account, so it says how to hand it over. */
export function InvitationLink({
  made,
}: {
  made: { email: string; url: string; expiresAt: Date; mailed: boolean };
}) {
  return (
    <div className="grid gap-3">
      <p>
        {made.mailed
          ? `It is on its way to ${made.email} by mail. You can also hand it over yourself.`
          : `Send it to ${made.email} yourself: this server sends no mail yet.`}
      </p>
      <CopyLine text={made.url} label="Copy the link" />
      <p className="text-ink-soft">
        It is shown only now. It works once, until <ShortTime at={made.expiresAt} />. Whoever opens it gets
        the account, so send it only where nobody else reads it.
      </p>
    </div>
  );
}
