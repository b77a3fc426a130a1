import type { ClientDetail } from "../system/api";

/** What stands in the way of looking at a machine's disk, with what to do about it. */
export interface NoLook {
  title: string;
  say: string;
  /** To put into the machine's own policy file. */
  line: string | null;
}

/** Null: nothing does, as far as the machine last told. The machine decides again. */
export function whyNoLook(client: Pick<ClientDetail, "name" | "policy" | "state">): NoLook | null {
  if (!client.policy) {
    return { title: `${client.name} is not enrolled yet`, say: "Enrol it first.", line: null };
  }
  if (client.policy.browse !== true) {
    return {
      title: `${client.name} does not let anybody look at its files`,
      say: "Its administrator can allow it in policy.json in the agent's folder on the machine (usually /etc/bbs-agent) with this line; it is known here within a minute. Nobody can change that from here.",
      line: '"browse": true',
    };
  }
  if (client.state === "offline") {
    return { title: `${client.name} is not connected`, say: "Look again when it is back.", line: null };
  }
  return null;
}
