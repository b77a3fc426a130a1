import { archiveLocation } from "../archive-location";
import { pathsForXargs } from "../borg-with-paths";
import { handOn } from "../hand-on";
import type { Verb } from "../keeper";
import { readWithBorg } from "../run-server-borg";

/** Nobody waits longer for a download. */
const STREAM_LIMIT_SECONDS = 24 * 3600;
const MOST_WARNINGS = 20;

/** borg's words for a path that nothing in the archive answers to (1.2.4, 1.4.0). */
const NEVER_MATCHED = /^Include pattern .* never matched/s;

/**
 * Files out of an archive for who waits for them. Nothing is written to a disk: borg runs as `bbv-<id>`, its stdout is handed on as it comes
 * and borg waits while the caller is busy. A caller that goes away ends borg.
 */
export const streamTar: Verb<"stream-tar"> = async (keeper, input, signal, send) => {
  const { clientId, repositoryId, passphrase, archiveName, paths } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const out = handOn(send);
  const end = await readWithBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: STREAM_LIMIT_SECONDS },
    args: ["export-tar", "--", archiveLocation(path, archiveName), "-"],
    ...(paths.length > 0 ? { paths: pathsForXargs(paths) } : {}),
    onStdoutStream: out.take,
  });
  const warnings = end.log.flatMap((line) =>
    line.type === "log_message" && line.levelname === "WARNING" ? [line.message] : [],
  );
  const unmatched = warnings.filter((text) => NEVER_MATCHED.test(text)).length;
  const others = warnings.filter((text) => !NEVER_MATCHED.test(text));
  return {
    tarBytes: await out.bytes(),
    unmatched,
    warnings: others.slice(0, MOST_WARNINGS).map((text) => text.slice(0, 500)),
  };
};
