"use client";

import { Field } from "~/components/ui/field";
import { Notice } from "~/components/ui/notice";
import { Select } from "~/components/ui/select";
import { isReadableByAll, OFFERED_ENCRYPTIONS, type OfferedEncryption } from "~/domain/repository";

const DETAILS: Record<OfferedEncryption, string> = {
  "repokey-blake2": "Encrypted and authenticated. Right for nearly everybody.",
  repokey: "The same with SHA-256: faster on old machines with SHA extensions.",
  "authenticated-blake2": "Not encrypted; changes are noticed.",
  authenticated: "Not encrypted; changes are noticed, with SHA-256.",
  none: "Not encrypted, and changes are not noticed.",
};

/** How borg encrypts a new repository. It cannot be changed later. */
export function EncryptionField({
  value,
  onChange,
}: {
  value: OfferedEncryption;
  onChange: (mode: OfferedEncryption) => void;
}) {
  return (
    <>
      <Field
        label="Encryption"
        hint="It cannot be changed later. Modes that keep the key on the client alone are not offered: this server could not check or prune what it keeps."
      >
        <Select
          choices={OFFERED_ENCRYPTIONS.map((mode) => ({ value: mode, label: mode, detail: DETAILS[mode] }))}
          value={value}
          onChange={onChange}
        />
      </Field>
      {isReadableByAll(value) ? (
        <Notice tone="warn" title="This repository is not encrypted">
          Whoever gets hold of the disk, or of a copy of it, can read every file in it. Choose it only for
          what may be public.
        </Notice>
      ) : null}
    </>
  );
}
