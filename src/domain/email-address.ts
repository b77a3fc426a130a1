import { z } from "zod";

/** An address as a person types it. Kept in the case it was typed in; compared without it. */
export const emailAddress = z
  .string()
  .trim()
  .pipe(z.email("This is not an e-mail address."))
  .pipe(z.string().max(200));
