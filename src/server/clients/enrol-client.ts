import { and, eq, isNull } from "drizzle-orm";
import { type ClientId, clientId } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import type { AgentPolicy, Machine } from "~/protocol/v1";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { agentKeys, clients, enrolmentTokens } from "../db/schema/clients";
import { appendEntry } from "../journal/append-entry";
import { hashToken, newToken } from "../token";

export interface Enrolling {
  token: string;
  sshPublicKey: string;
  machine: Machine;
  policy: AgentPolicy;
}

/**
 * Makes a machine the client that the token stands for and gives it its API key, which is in the answer and nowhere else. One
 * transaction: of two machines with one token exactly one gets in. The API key of a machine that was this client before dies.
 *
 * Refuses `enrolment-token-invalid` (never was one, or replaced by a newer), `-used` and `-expired`. The caller asks for the
 * account to be made (maintenance/admit-machine).
 */
export async function enrolClient(
  ctx: Ctx,
  input: Enrolling,
): Promise<{ clientId: ClientId; clientName: string; apiKey: string }> {
  return ctx.db.transaction(async (tx) => {
    const [token] = await tx
      .select()
      .from(enrolmentTokens)
      .where(eq(enrolmentTokens.tokenHash, hashToken(input.token)))
      .for("update");
    const open = usable(token, ctx.now);
    const [client] = await tx
      .select({
        id: clients.id,
        name: clients.name,
        sshPublicKey: clients.sshPublicKey,
        machine: clients.machine,
      })
      .from(clients)
      .where(and(eq(clients.id, open.clientId), isNull(clients.removedAt)))
      .for("no key update");
    if (!client) throw invalid();
    await tx.update(enrolmentTokens).set({ usedAt: ctx.now }).where(eq(enrolmentTokens.id, open.id));
    await tx
      .update(agentKeys)
      .set({ revokedAt: ctx.now })
      .where(and(eq(agentKeys.clientId, client.id), isNull(agentKeys.revokedAt)));
    const apiKey = newToken("bbsa_");
    await tx
      .insert(agentKeys)
      .values({ id: newId(), clientId: client.id, keyHash: hashToken(apiKey), createdAt: ctx.now });
    await tx
      .update(clients)
      .set({
        enrolledAt: ctx.now,
        provisionedAt: null,
        provisionProblem: null,
        // The comment at the end of a key line is the machine's text; it must not reach an authorized_keys file.
        sshPublicKey: input.sshPublicKey.split(" ").slice(0, 2).join(" "),
        machine: input.machine,
        policy: input.policy,
        lastSeenAt: ctx.now,
      })
      .where(eq(clients.id, client.id));
    await announce(tx, { entity: "client", id: client.id, clientId: client.id });
    const id = clientId.parse(client.id);
    const again = client.sshPublicKey === null ? "" : " again; the key it had before works no more";
    await appendEntry(
      { ...ctx, db: tx, actor: { kind: "agent", clientId: id } },
      {
        action: "client.enrolled",
        say: `${input.machine.hostname} enrolled as ${client.name}${again}.`,
        clientId: client.id,
        detail: {
          before: client.sshPublicKey && machineFacts(client.sshPublicKey, client.machine),
          after: { ...machineFacts(input.sshPublicKey, input.machine), policy: input.policy },
        },
      },
    );
    return { clientId: id, clientName: client.name, apiKey };
  });
}

/** By which a person knows the machine again; a public key is no secret. */
function machineFacts(sshPublicKey: string, machine: Machine | null) {
  const key = sshPublicKey.split(" ").slice(0, 2).join(" ");
  return { hostname: machine?.hostname ?? null, os: machine?.os ?? null, sshPublicKey: key };
}

type Token = typeof enrolmentTokens.$inferSelect;

function usable(token: Token | undefined, now: Date): Token {
  if (!token || token.revokedAt) throw invalid();
  if (token.usedAt) {
    throw new Refusal("enrolment-token-used", {
      say: "This enrolment line was used already. Make a new one in the console, on the client's page.",
    });
  }
  if (token.expiresAt <= now) {
    throw new Refusal("enrolment-token-expired", {
      say: "This enrolment line is too old. Make a new one in the console, on the client's page.",
    });
  }
  return token;
}

function invalid(): Refusal {
  return new Refusal("enrolment-token-invalid", {
    say: "This enrolment line is not valid, or a newer one replaced it. Copy the line from the console again.",
  });
}
