import "~/components/system/zod-without-eval";
import { z } from "zod/mini";

/** Whether the server takes it as an address. Loaded by the form when there is one to check. */
export function isEmail(text: string): boolean {
  return z.email().safeParse(text).success;
}
