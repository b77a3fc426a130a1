import { ButtonLink } from "~/components/ui/button-link";
import { PageHeader } from "~/components/ui/page-header";

export default function NotFound() {
  return (
    <>
      <PageHeader
        title="There is no such thing here"
        state="It was removed, or the address has a typing mistake. Looking for it changed nothing."
      />
      <div>
        <ButtonLink href="/" variant="primary">
          Go to the overview
        </ButtonLink>
      </div>
    </>
  );
}
