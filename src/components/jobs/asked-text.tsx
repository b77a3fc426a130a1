import { listWords } from "~/domain/plan-words";

/** A path or name as it was asked for. */
export function AskedText({ text }: { text: string }) {
  return <code className="wrap-anywhere font-mono text-[0.8125rem]">{text}</code>;
}

/** The first of some paths, all of them on hover. */
export function AskedPaths({ paths }: { paths: readonly string[] }) {
  return (
    <span title={paths.join("\n")}>
      <AskedText text={listWords(paths, 6)} />
    </span>
  );
}
