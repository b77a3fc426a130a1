import { expect, it } from "vitest";
import { agentOpenApi } from "./openapi";

it("is what docs/agent-openapi.json says (after a change: npx vitest run --project rules src/protocol/openapi -u)", async () => {
  const document = `${JSON.stringify(agentOpenApi(), null, 2)}\n`;
  await expect(document).toMatchFileSnapshot("../../docs/agent-openapi.json");
});
