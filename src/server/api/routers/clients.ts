import { z } from "zod";
import { clientId } from "~/domain/id";
import { givenName } from "~/domain/name";
import { pageInput } from "~/domain/page";
import { MOST_TAGS, tagText } from "~/domain/tag";
import { authorize } from "~/server/access/authorize";
import { withClientObjectives } from "~/server/alerts/with-objectives";
import { CLIENT_STATES } from "~/server/clients/client-row";
import { getClient } from "~/server/clients/get-client";
import { CLIENT_SORTS, listClients } from "~/server/clients/list-clients";
import { listTags } from "~/server/clients/list-tags";
import { renameClient } from "~/server/clients/rename-client";
import { setTags } from "~/server/clients/set-tags";
import { retireMachine } from "~/server/maintenance/retire-machine";
import { requestClientQuotas } from "~/server/maintenance/set-client-quota";
import { getChecklist } from "~/server/system/get-checklist";
import { inviteAgain, inviteMachine } from "~/server/system/invite-machine";
import { listSessions } from "~/server/vault/list-sessions";
import { router, signedIn } from "../trpc";

const view = signedIn.meta({ permission: "view" });
const manage = signedIn.meta({ permission: "manage-clients" });
const byId = z.object({ id: clientId });
const filter = z.object({
  ...pageInput,
  search: z.string().trim().max(100).optional(),
  state: z.enum(CLIENT_STATES).optional(),
  tag: z.string().max(100).optional(),
  sort: z.enum(CLIENT_SORTS).optional(),
});

export const clientsRouter = router({
  list: view.input(filter).query(async ({ ctx, input }) => {
    const page = await listClients(ctx, input);
    return { ...page, items: await withClientObjectives(ctx, page.items) };
  }),
  get: view
    .input(byId)
    .query(async ({ ctx, input }) => getClient(ctx, await authorize(ctx, "view", input.id))),
  checklist: view
    .input(byId)
    .query(async ({ ctx, input }) => getChecklist(ctx, await authorize(ctx, "view", input.id))),
  sessions: view
    .input(byId.extend(pageInput))
    .query(async ({ ctx, input: { id, ...page } }) =>
      listSessions(ctx, await authorize(ctx, "view", id), page),
    ),
  create: manage.input(z.object({ name: givenName })).mutation(({ ctx, input }) => inviteMachine(ctx, input)),
  newEnrolment: manage
    .input(byId)
    .mutation(async ({ ctx, input }) => inviteAgain(ctx, await authorize(ctx, "manage-clients", input.id))),
  rename: manage.input(byId.extend({ name: givenName })).mutation(async ({ ctx, input }) => {
    await renameClient(ctx, await authorize(ctx, "manage-clients", input.id), input);
    return {};
  }),
  /** The tags of the clients that one may see. */
  tags: view.query(({ ctx }) => listTags(ctx)),
  setTags: manage
    .input(byId.extend({ tags: z.array(tagText).max(MOST_TAGS) }))
    .mutation(async ({ ctx, input }) =>
      setTags(ctx, await authorize(ctx, "manage-clients", input.id), input),
    ),
  /** Over all its repositories; null: no limit. */
  setQuotas: manage
    .input(
      byId.extend({
        quotaBytes: z.number().int().min(10_000_000, "At least 10 MB.").nullable(),
        softQuotaBytes: z.number().int().min(1).nullable(),
      }),
    )
    .mutation(async ({ ctx, input: { id, ...quotas } }) =>
      requestClientQuotas(ctx, await authorize(ctx, "manage-clients", id), quotas),
    ),
  remove: manage
    .input(byId.extend({ typedName: z.string().max(200) }))
    .mutation(async ({ ctx, input }) =>
      retireMachine(ctx, await authorize(ctx, "manage-clients", input.id), input),
    ),
});
