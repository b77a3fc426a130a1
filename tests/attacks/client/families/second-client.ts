import type { Attack } from "../attack";
import { allObjects, commit, openArguments, openSession } from "../session";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "second client", stock: "append-only" },
  ...attack,
});

/** Another enrolled client, with key, account and repository of its own, that knows everything about the first one's. */
export const secondClientAttacks: Attack[] = [
  of({
    ...{ id: "stranger-deletes", title: "raw deletes in the first client's repository", layers: ["gate"] },
    run: async (attacker) => {
      const { rpc } = await openSession(attacker, { path: attacker.storedPath }, await attacker.stranger());
      for (const id of allObjects(attacker)) await rpc.call("delete", { id });
      await commit(rpc);
      await rpc.close();
      return null;
    },
  }),
  of({
    ...{
      id: "stranger-paths",
      title: "the first client's repository by other spellings of its path",
      layers: ["gate"],
    },
    run: async (attacker) => {
      const stranger = await attacker.stranger();
      const opened: string[] = [];
      const name = attacker.storedPath;
      for (const path of [
        `/.${name}`,
        `/./${name}`,
        `/proc/self/root${name}`,
        `/../..${name}`,
        `${name}/.`,
        `${name}//`,
      ]) {
        const session = await openSession(attacker, { path, exclusive: false }, stranger);
        if (session.opened.kind === "result") opened.push(path);
        await session.rpc.close();
      }
      return opened.length > 0 ? `opened it by ${opened.length} spellings` : null;
    },
  }),
  of({
    ...{
      id: "stranger-second-open",
      title: "its own repository first, the first client's in the same session",
    },
    layers: ["gate"],
    run: async (attacker) => {
      const { rpc } = await openSession(
        attacker,
        { path: attacker.storedPath, exclusive: false },
        await attacker.stranger(),
      );
      const second = await rpc.call(
        "open",
        openArguments(attacker, { path: attacker.storedPath, lock: false }),
      );
      await rpc.close();
      return second.kind === "result" ? "opened it second" : null;
    },
  }),
  of({
    ...{
      id: "stranger-shell",
      title: "a shell of the second account in the first one's files",
      layers: ["accounts"],
    },
    run: async (attacker) => {
      const stranger = await attacker.stranger();
      const read = await stranger.shell('cat "$2/config" "$2"/data/0/0', attacker.storedPath);
      await stranger.shell('rm -rf "$2"/data/0/*; rm -f "$2"/*', attacker.storedPath);
      return read.code === 0 ? "reads the encrypted key and removes the files" : null;
    },
  }),
  of({
    ...{
      id: "stranger-socket",
      title: "the first client's socket, and the first client's repository on its own one",
    },
    layers: ["accounts", "keeper"],
    run: async (attacker) => {
      const stranger = await attacker.stranger();
      if (attacker.gateSocket === null)
        return (await stranger.shell('ls "$2"', attacker.storedPath)).code === 0
          ? "nothing tells accounts apart"
          : null;
      const knock = `const s = require("node:net").connect(process.argv[1]); s.on("connect", () => { console.log("connected"); process.exit(); }); s.on("error", () => process.exit(1));`;
      const knocked = await stranger.shell('"$2" -e "$3" "$4"', process.execPath, knock, attacker.gateSocket);
      return knocked.out.includes("connected") ? "speaks to the keeper as the first client" : null;
    },
  }),
];
