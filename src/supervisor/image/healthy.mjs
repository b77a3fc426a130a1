/**
 * Health of a container, for Docker. `healthy.mjs web`: the console reaches its database. `healthy.mjs storage`: the keeper and sshd
 * take connections. Ends with 0 or 1.
 */
import { connect } from "node:net";

const port = (name, usual) => Number(process.env[name] || usual);

const checks = {
  web: async () => (await fetch(`http://127.0.0.1:${port("PORT", 3000)}/api/health`)).ok,
  storage: async () =>
    (await connects({ path: `${process.env.BBS_DATA || "/var/bbs"}/run/keeper.sock` })) &&
    (await connects({ host: "127.0.0.1", port: port("SSH_PORT", 2222) })),
};

function connects(where) {
  return new Promise((resolve) => {
    const socket = connect(where, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

const check = checks[process.argv[2]];
if (!check) throw new Error("Say which half: web or storage.");
process.exitCode = (await check().catch(() => false)) ? 0 : 1;
