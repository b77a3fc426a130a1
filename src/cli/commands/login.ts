import type { Command } from "commander";
import { createBbsClient } from "~/api-client/create-bbs-client";
import type { Session } from "../session";
import { findConnection, storeConnection } from "../settings";

export function addLoginCommand(program: Command, session: Session): void {
  program
    .command("login")
    .description("Try --url, --token and --fingerprint, and keep them for later calls.")
    .action(async () => {
      const connection = await findConnection(session.connection());
      const me = await createBbsClient(connection).me.get.query();
      const file = await storeConnection(connection);
      session.out().print({ ...me, file }, `Signed in to ${connection.url} as ${me.email}. Kept in ${file}.`);
    });
}
