import { type KeeperCall, KeeperError, type callKeeper as realCallKeeper } from "~/keeper/client";
import { type Keeper, KeeperProblem } from "~/server/keeper-port";

/** How the keeper is called; another socket in tests. */
export type CallKeeper = typeof realCallKeeper;

/** The keeper for one piece of work: every call ends when `signal` aborts, and with it what the keeper does. */
export function boundKeeper(callKeeper: CallKeeper, given: KeeperCall): Keeper {
  return {
    async call(verb, input, onPiece, signal, pieces) {
      const signals = [given.signal, signal].filter((one) => one !== undefined);
      try {
        return await callKeeper(verb, input, {
          ...given,
          ...(onPiece ? { onPiece } : {}),
          ...(pieces ? { pieces } : {}),
          signal: AbortSignal.any(signals),
        });
      } catch (problem) {
        if (!(problem instanceof KeeperError)) throw problem;
        if (problem.code === "fault" && !problem.unreachable) throw problem;
        throw new KeeperProblem(problem.unreachable ? "unreachable" : problem.code, problem.say, problem);
      }
    },
  };
}
