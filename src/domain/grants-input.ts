import { z } from "zod";
import { clientId } from "./id";
import { GRANTABLE } from "./permission";
import { tagText } from "./tag";

/** Most grants of one person: more is a tag that is missing. */
export const MOST_GRANTS = 200;

/** What an admin gives to a person. Only what can be granted passes, so nobody is given `manage-clients` this way. */
export const grantsInput = z
  .array(
    z
      .object({
        clientId: clientId.nullable(),
        tag: tagText.nullable(),
        permissions: z.array(z.enum(GRANTABLE)).max(GRANTABLE.length),
      })
      .refine((grant) => grant.clientId === null || grant.tag === null, "One client or one tag, not both."),
  )
  .max(MOST_GRANTS);
