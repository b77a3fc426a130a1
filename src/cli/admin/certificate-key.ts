import type { Command } from "commander";
import type { Ctx } from "~/server/context";
import { readSetting } from "~/server/settings/read-setting";
import type { Output } from "../output";

/** `bbs-admin certificate-key`. */
export function addCertificateKeyVerb(
  program: Command,
  work: (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command("certificate-key")
    .description(
      "Print the public half of the key that signs certificates of restore drills, as read on the server itself: what `bbs certificate verify --key` wants.",
    )
    .action(() =>
      work(async (ctx, out) => {
        const { publicKey } = await readSetting(ctx, "certificates");
        const none =
          "There is none yet: it is made with the first drill, or when somebody opens the Reports page.";
        out.print({ publicKey: publicKey === "" ? null : publicKey }, publicKey === "" ? none : publicKey);
      }),
    );
}
