import type { Ctx } from "../context";
import { readSetting } from "../settings/read-setting";
import { readSender } from "./mail-address";

/** Whether mail can leave at all: a server and a sender are set. */
export async function isMailSetUp(ctx: Pick<Ctx, "db">): Promise<boolean> {
  const { host, from } = await readSetting(ctx, "mail");
  return host !== "" && readSender(from) !== null;
}
