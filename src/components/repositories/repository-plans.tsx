import { ButtonLink } from "~/components/ui/button-link";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { May } from "../system/may";

/** The plans that write into this repository. */
export function RepositoryPlans({
  plans,
  clientId,
  repositoryId,
}: {
  plans: readonly { id: string; name: string }[];
  clientId: string;
  repositoryId: string;
}) {
  return (
    <Section
      title="Plans that write here"
      action={
        <May action="manage-plans" client={clientId}>
          <ButtonLink size="small" href={`/plans/new?client=${clientId}&repository=${repositoryId}`}>
            Make a plan
          </ButtonLink>
        </May>
      }
    >
      {plans.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">No plan writes here yet.</p>
      ) : (
        <ul className="rounded-md border bg-panel">
          {plans.map((plan) => (
            <li key={plan.id} className="border-b px-4 py-2.5 last:border-b-0">
              <TextLink row href={`/plans/${plan.id}`}>
                {plan.name}
              </TextLink>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
