import { z } from "zod";
import { emailAddress } from "~/domain/email-address";
import { grantsInput } from "~/domain/grants-input";
import { idText, userId } from "~/domain/id";
import { givenName } from "~/domain/name";
import { pageInput } from "~/domain/page";
import { ROLES } from "~/domain/permission";
import { approvePerson } from "~/server/access/approve-person";
import { disablePerson, enablePerson } from "~/server/access/disable-person";
import { endPersonsSignIn } from "~/server/access/end-persons-sign-in";
import { getPerson } from "~/server/access/get-person";
import { invitePerson } from "~/server/access/invite-person";
import { listInvitations } from "~/server/access/list-invitations";
import { listPeople } from "~/server/access/list-people";
import { listSignIns } from "~/server/access/list-sign-ins";
import { PERSON_STATES } from "~/server/access/person-row";
import { removePerson } from "~/server/access/remove-person";
import { resetSecondFactor } from "~/server/access/reset-second-factor";
import { revokeInvitation } from "~/server/access/revoke-invitation";
import { setGrants } from "~/server/access/set-grants";
import { updatePerson } from "~/server/access/update-person";
import { router, signedIn } from "../trpc";

const administer = signedIn.meta({ permission: "administer" });
const person = z.object({ userId });
const filter = z.object({
  ...pageInput,
  search: z.string().trim().max(100).optional(),
  state: z.enum(PERSON_STATES).optional(),
});
const account = { name: givenName, email: emailAddress, role: z.enum(ROLES) };

/** People, as admins manage them. What somebody does to their own account stands in other routers. */
export const peopleRouter = router({
  list: administer.input(filter).query(({ ctx, input }) => listPeople(ctx, input)),
  get: administer.input(person).query(({ ctx, input }) => getPerson(ctx, input)),
  update: administer.input(person.extend(account)).mutation(async ({ ctx, input }) => {
    await updatePerson(ctx, input);
    return {};
  }),
  setGrants: administer.input(person.extend({ grants: grantsInput })).mutation(async ({ ctx, input }) => {
    await setGrants(ctx, input);
    return {};
  }),
  approve: administer
    .input(person.extend({ role: account.role, grants: grantsInput }))
    .mutation(async ({ ctx, input }) => {
      await approvePerson(ctx, input);
      return {};
    }),
  disable: administer.input(person).mutation(async ({ ctx, input }) => {
    await disablePerson(ctx, input);
    return {};
  }),
  enable: administer.input(person).mutation(async ({ ctx, input }) => {
    await enablePerson(ctx, input);
    return {};
  }),
  remove: administer
    .input(person.extend({ typedEmail: z.string().max(300) }))
    .mutation(async ({ ctx, input }) => {
      await removePerson(ctx, input);
      return {};
    }),
  /** The sign-ins of a person that still work. */
  sessions: administer.input(person).query(({ ctx, input }) => listSignIns(ctx, input)),
  endSession: administer.input(person.extend({ signInId: idText })).mutation(async ({ ctx, input }) => {
    await endPersonsSignIn(ctx, input);
    return {};
  }),
  /** For somebody who lost it. Asks the admin to confirm first; ends that person's sign-ins. */
  resetSecondFactor: administer.input(person).mutation(async ({ ctx, input }) => {
    await resetSecondFactor(ctx, input);
    return {};
  }),
  invitations: administer.query(({ ctx }) => listInvitations(ctx)),
  /** The link is in the answer and, when mail is set up, in the mail; nowhere else. */
  invite: administer
    .input(z.object({ ...account, grants: grantsInput }))
    .mutation(({ ctx, input }) => invitePerson(ctx, input)),
  revokeInvitation: administer.input(z.object({ id: idText })).mutation(async ({ ctx, input }) => {
    await revokeInvitation(ctx, input);
    return {};
  }),
});
