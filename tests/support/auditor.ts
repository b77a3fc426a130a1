import { KeeperError } from "~/keeper/client";
import type { KeeperInput, KeeperOutput, KeeperVerb } from "~/keeper/contract";

type Audited = { clientId: string; repositoryId: string } & KeeperOutput<"audit-repository">;

/** What audits a storage node that has no worker: waits for `next-audits` and audits what it names, as the worker does. */
export interface Auditor {
  /** Every audit that came to an end, oldest first. */
  audits: Audited[];
  stop(): Promise<void>;
}

type CallKeeper = <V extends KeeperVerb>(
  verb: V,
  input: KeeperInput<V>,
  call?: { signal?: AbortSignal },
) => Promise<KeeperOutput<V>>;

/** `passphraseOf` is asked for each repository; one without is left alone. */
export function startAuditor(
  keeper: CallKeeper,
  passphraseOf: (repositoryId: string) => string | undefined,
): Auditor {
  const stopping = new AbortController();
  const audits: Audited[] = [];
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const { repositories } = await keeper(
          "next-audits",
          { waitSeconds: 20 },
          { signal: stopping.signal },
        );
        for (const one of repositories) {
          const passphrase = passphraseOf(one.repositoryId);
          if (passphrase !== undefined)
            audits.push({ ...one, ...(await keeper("audit-repository", { ...one, passphrase })) });
        }
      } catch (error) {
        // A keeper that is being killed by its test, or a client that came back meanwhile: asked again.
        if (!(error instanceof KeeperError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  })();
  return {
    audits,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
