import { Lock } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { PageHeader } from "~/components/ui/page-header";

/** A whole page for somebody who may not do what it is for. `title` is the page's own, so that one knows where one is. */
export function NotYours({ title, needs }: { title: string; needs: string }) {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        icon={Lock}
        title="Your account may not do this"
        action={<ButtonLink href="/">Go to the overview</ButtonLink>}
      >
        {needs} An admin can give you that under People; it holds from your next click on.
      </EmptyState>
    </>
  );
}
