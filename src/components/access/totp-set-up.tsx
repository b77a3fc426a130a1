"use client";

import { useMutation } from "@tanstack/react-query";
import { CopyButton } from "~/components/ui/copy-button";
import { problemOf } from "~/components/ui/problem-of";
import { useTRPC } from "~/trpc/react";
import { CodeForm } from "./code-form";
import { useConfirmFirst } from "./confirm-first";
import { QrCode } from "./qr-code";

/** The secret for an authenticator app, to be read or typed, and the first code of it. */
export function TotpSetUp({
  begun,
  onDone,
}: {
  begun: { secret: string; uri: string };
  onDone: () => Promise<unknown>;
}) {
  const trpc = useTRPC();
  const { run } = useConfirmFirst();
  const confirm = useMutation(trpc.secondFactor.confirmTotp.mutationOptions());
  async function send(code: string): Promise<string | null> {
    try {
      await run(() => confirm.mutateAsync({ code }));
    } catch (error) {
      return problemOf(error).say;
    }
    await onDone();
    return null;
  }
  return (
    <div className="grid gap-4">
      <ol className="grid list-decimal gap-1 pl-5 text-ink-soft">
        <li>Open any authenticator app on your phone and add an account.</li>
        <li>Let it read this picture, or type the key below it.</li>
        <li>Type the six digits that it shows.</li>
      </ol>
      <div className="grid justify-items-center gap-3">
        <QrCode text={begun.uri} label="QR code with the key for your authenticator app" />
        <div className="flex flex-wrap items-center justify-center gap-2">
          <code data-testid="totp-secret" className="wrap-anywhere font-mono text-[0.8125rem]">
            {begun.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          </code>
          <CopyButton text={begun.secret} label="Copy the key" />
        </div>
      </div>
      <CodeForm kind="totp" action="Check the code" send={send} />
    </div>
  );
}
