import type { BbsClient } from "~/api-client/create-bbs-client";
import type { Output } from "./output";
import type { Connection } from "./settings";

/** What a command gets: the server it talks to and where its answer goes. */
export interface Session {
  bbs(): Promise<BbsClient>;
  /** Files out of an archive, from the address of their ticket. */
  download(address: string): Promise<Response>;
  out(): Output;
  /** The connection options as typed, unresolved. */
  connection(): Partial<Connection>;
  /** A remark for the person at the terminal; silent with --json. */
  note(text: string): void;
}
