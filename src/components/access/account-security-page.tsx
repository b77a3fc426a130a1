"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { PasskeySection } from "./passkey-section";
import { RecoveryCodeList } from "./recovery-code-list";
import { RecoverySection } from "./recovery-section";
import { TotpSection } from "./totp-section";
import { useMakeCodes } from "./use-make-codes";

/** What protects one's own sign-in besides the password: app, passkeys, recovery codes. */
export function AccountSecurityPage() {
  const trpc = useTRPC();
  const { data: state } = useSuspenseQuery(trpc.secondFactor.state.queryOptions());
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { make, busy } = useMakeCodes(setCodes);
  const has = state.totpAddedAt !== null || state.passkeys.length > 0;
  /** Whoever adds the first factor gets codes with it. */
  const afterAdding = async () => {
    if (state.recoveryCodesLeft === 0) await make();
  };
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Account", href: "/account" }]}
        title="Second factor"
        state={sentenceOf(has, state.demanded)}
      />
      {has && state.recoveryCodesLeft === 0 ? (
        <Notice
          tone="warn"
          title="You have no recovery code"
          action={
            <Button busy={busy} onClick={() => void make()}>
              Make recovery codes
            </Button>
          }
        >
          Without one, a lost phone or key means asking an admin.
        </Notice>
      ) : null}
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <TotpSection
          addedAt={state.totpAddedAt}
          lastOne={state.passkeys.length === 0}
          onAdded={afterAdding}
        />
        <RecoverySection left={state.recoveryCodesLeft} possible={has} busy={busy} make={make} />
      </div>
      <PasskeySection state={state} onAdded={afterAdding} />
      <Dialog
        title="Keep these recovery codes"
        description="Each gets you in once when your phone or key is lost. They are shown only now; older ones do not work any more."
        open={codes !== null}
        onOpenChange={(open) => (open ? null : setCodes(null))}
        footer={
          <Button variant="primary" onClick={() => setCodes(null)}>
            I have kept them
          </Button>
        }
      >
        {codes ? <RecoveryCodeList codes={codes} /> : null}
      </Dialog>
    </>
  );
}

function sentenceOf(has: boolean, demanded: boolean): string {
  if (has) return "You are asked for it at every sign-in, and again before secrets are shown.";
  return demanded
    ? "An admin demands one of everybody: set one up now."
    : "You have none: whoever learns your password gets in. An authenticator app or a passkey stops that.";
}
