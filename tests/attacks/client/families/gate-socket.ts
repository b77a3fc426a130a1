import type { Attack, Attacker } from "../attack";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "gate socket", stock: "append-only" },
  ...attack,
});

/** Speaks to the keeper as a gate would, does this while the session lives, and says these last words. */
const SPEAK = `
  const [socketPath, path, write, during, last] = process.argv.slice(1);
  const { execSync } = require("node:child_process");
  const socket = require("node:net").connect(socketPath);
  let text = "";
  const say = (word) => socket.write(JSON.stringify(word) + "\\n");
  const flood = () => {
    for (let i = 0; i < 3000; i++) say({ refused: { call: "delete", say: "forged " + i } });
    say({ open: { path, write: true, waitSeconds: null } });
    for (const word of [{ end: 1 }, { x: "x".repeat(100000) }]) say(word);
  };
  const leave = () => { if (last === "flood") flood(); else if (last) socket.write(last + "\\n"); socket.end(); };
  say({ begin: { asked: "borg serve", refused: null, peerAddress: "10.9.8.7", pid: process.pid } });
  socket.on("data", (piece) => {
    text += piece;
    for (let at = text.indexOf("\\n"); at >= 0; at = text.indexOf("\\n")) {
      const line = JSON.parse(text.slice(0, at));
      text = text.slice(at + 1);
      console.log(JSON.stringify(line));
      if (line.refuse !== undefined || line.denied !== undefined) return leave();
      if (line.allow !== undefined) say({ open: { path, write: write === "write", waitSeconds: 20 } });
      if (line.opened !== undefined) {
        try { execSync(during, { stdio: "ignore" }); } catch {}
        leave();
      }
    }
  });
  socket.on("close", () => process.exit(0));
  socket.on("error", () => process.exit(1));
  setTimeout(() => process.exit(2), 60000);`;

const END = JSON.stringify({ end: { bytesIn: 1, bytesOut: 1, exitCode: 0, callsRefused: 0 } });

/** As the account: a session without any gate, and shell commands inside it. On stock there is nobody to speak to. */
async function pretend(attacker: Attacker, write: boolean, during: string, last = END): Promise<string> {
  if (attacker.gateSocket === null) return (await attacker.shell(during)).out;
  const words = [attacker.gateSocket, attacker.storedPath, write ? "write" : "read", during, last];
  const quoted = ["$2", "$3", "$4", "$5", "$6"].map((word) => `"${word}"`).join(" ");
  return (await attacker.shell(`"$7" -e "$8" ${quoted}`, ...words, process.execPath, SPEAK)).out;
}

const REMOVE = (attacker: Attacker) =>
  `find ${attacker.storedPath}/data -type f -delete; rm -f ${attacker.storedPath}/index.*`;

/** The client's own socket to the keeper, used without a gate by the client's own account. */
export const gateSocketAttacks: Attack[] = [
  of({
    ...{ id: "socket-own-session", title: "a session without a gate, files removed while it lasts" },
    layers: ["accounts", "audit"],
    run: async (attacker) => {
      await pretend(attacker, true, REMOVE(attacker));
      return null;
    },
  }),
  of({
    ...{
      id: "socket-hand-written",
      title: "a session without a gate, deletes written by hand, a clean end told",
    },
    layers: ["audit"],
    run: async (attacker) => {
      if (attacker.gateSocket === null) await attacker.tricks("deletes");
      else await pretend(attacker, true, tricksCommand("deletes")(attacker));
      return null;
    },
  }),
  of({
    ...{ id: "socket-read-then-write", title: "a session that says it only reads, and writes by hand" },
    layers: ["audit"],
    run: async (attacker) => {
      if (attacker.gateSocket === null) await attacker.tricks("deletes");
      else await pretend(attacker, false, tricksCommand("deletes")(attacker));
      return null;
    },
  }),
  of({
    ...{ id: "socket-outlives-session", title: "a process that goes on after its session has been audited" },
    layers: ["audit", "keeper", "accounts"],
    run: async (attacker) => {
      const later = `setsid sh -c 'sleep 5; ${tricksCommand("deletes")(attacker)}' >/dev/null 2>&1 &`;
      if (attacker.gateSocket === null) await attacker.tricks("deletes");
      else {
        await pretend(attacker, true, later);
        await attacker.shell("sleep 6");
      }
      return null;
    },
  }),
  of({
    ...{
      id: "socket-foreign-repository",
      title: "a session that asks for the keeper's own folder and another client's",
    },
    layers: ["keeper"],
    run: async (attacker) => {
      if (attacker.gateSocket === null) {
        const seen = await attacker.shell('cat "$1/config" >/dev/null && echo read');
        return seen.out.includes("read") ? "the account reads every repository that it serves" : null;
      }
      const gains: string[] = [];
      for (const path of [`${attacker.storedPath}/..`, `${attacker.storedPath}/../..`, "/", "/etc", ""]) {
        const out = await pretend({ ...attacker, storedPath: path }, true, "true");
        if (out.includes('"opened"')) gains.push(path);
      }
      return gains.length > 0 ? `opened ${gains.join(", ")}` : null;
    },
  }),
  of({
    ...{
      id: "socket-forged-words",
      title: "forged ends, refusals and openings, thousands and over-long ones",
    },
    layers: ["keeper", "harmless", "accounts"],
    run: async (attacker) => {
      await pretend(attacker, true, REMOVE(attacker), "flood");
      return null;
    },
  }),
];

/** shell-tricks.py as a line for a shell of the account. */
const tricksCommand = (trick: string) => (attacker: Attacker) =>
  `/usr/bin/python3 ${attacker.tricksFile} ${attacker.storedPath} ${trick}`;
