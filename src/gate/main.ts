import { GATE_SAYS, refusalOfCommand } from "./asked-command";
import { announceSession, KeeperSaysNo } from "./keeper-link";
import { serveBorg } from "./serve";

/**
 * The forced command of every key: `gate.mjs <clientId> <data folder>`. Announces the session to the keeper through the client's own
 * socket and serves borg if both agree. Whatever goes wrong ends with one line on stderr and exit code 2, never with a shell.
 */
async function main() {
  const [clientId = "", data = ""] = process.argv.slice(2);
  const asked = process.env.SSH_ORIGINAL_COMMAND;
  const refused = /^[a-z0-9]{1,20}$/.test(clientId)
    ? refusalOfCommand(asked)
    : "this key belongs to no client.";
  try {
    const link = await announceSession(`${data}/run/gate/${clientId}.sock`, {
      asked: asked === undefined ? null : asked.slice(0, 200),
      refused,
      peerAddress: process.env.SSH_CONNECTION?.split(" ")[0]?.slice(0, 64) ?? null,
      pid: process.pid,
    });
    const end = await serveBorg(link);
    await link.end(end);
    leave(end.exitCode ?? 2);
  } catch (error) {
    const say =
      error instanceof KeeperSaysNo
        ? error.message
        : (refused ?? "the storage service does not answer; try again in a minute.");
    // Written before leaving: stderr is a pipe to sshd and process.exit drops what is still queued.
    process.stderr.write(`${GATE_SAYS} ${say}\n`, () => process.exit(2));
  }
}

/** borg's last bytes may still be queued for the client; a client that is gone takes no more. */
function leave(exitCode: number) {
  if (process.stdout.destroyed || process.stdout.writableLength === 0) process.exit(exitCode);
  process.stdout.write("", () => process.exit(exitCode));
}

void main();
