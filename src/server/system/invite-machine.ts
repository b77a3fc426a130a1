import type { Authorized } from "~/domain/permission";
import { authorize } from "../access/authorize";
import { createClient } from "../clients/create-client";
import { createEnrolmentToken } from "../clients/create-enrolment-token";
import type { Ctx } from "../context";
import { type Enrolment, renderEnrolment } from "./enrolment-line";

/** Makes a client and the line with which its machine enrols: both or none. Refuses `name-taken`. */
export async function inviteMachine(
  ctx: Ctx,
  input: { name: string },
): Promise<{ id: string; enrolment: Enrolment }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const { id } = await createClient(inTx, input);
    const enrolment = await inviteAgain(inTx, await authorize(inTx, "manage-clients", id));
    return { id, enrolment };
  });
}

/** A new line for a client that is there already; lines shown before die. */
export async function inviteAgain(ctx: Ctx, may: Authorized<"manage-clients">): Promise<Enrolment> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    return renderEnrolment(inTx, await createEnrolmentToken(inTx, may));
  });
}
