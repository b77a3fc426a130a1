import { nameParts, showPath } from "~/domain/archive-path";

/** A name or path of an archive (base64). What a person could not read stands as an escape, marked as one. */
export function NameText({ path }: { path: string }) {
  const parts = nameParts(path);
  if (parts.every((part) => !part.escaped)) return <bdi>{parts.map((part) => part.text).join("")}</bdi>;
  return (
    <bdi title={showPath(path)}>
      {parts.map((part, at) =>
        part.escaped ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one name never move.
          <span key={at} className="rounded-sm bg-warn-wash text-warn">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
