"use client";

import { useMutation } from "@tanstack/react-query";
import type { UseFormReturn } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { useTRPC } from "~/trpc/react";
import type { OidcDraft } from "./oidc-draft";

/** Asks the provider that stands in the form, saved or not, what it says of itself. */
export function OidcTest({ form, hasStored }: { form: UseFormReturn<OidcDraft>; hasStored: boolean }) {
  const trpc = useTRPC();
  const test = useMutation(trpc.oidcSettings.test.mutationOptions());
  const [issuer, secret, dropSecret] = form.watch(["issuer", "secret", "dropSecret"]);
  const hasSecret = secret !== "" || (hasStored && !dropSecret);
  return (
    <div className="grid gap-2">
      <div>
        <Button
          size="small"
          busy={test.isPending}
          disabled={issuer.trim() === ""}
          onClick={() => test.mutate({ issuer: issuer.trim(), hasSecret })}
        >
          Ask the provider
        </Button>
      </div>
      <div aria-live="polite">
        {test.data?.works === true ? (
          <Notice tone="ok" title="The provider answers and calls itself by this issuer">
            Sign-in happens at {new URL(test.data.provider.authorizationUrl).host}, its tokens are signed with{" "}
            {test.data.provider.signing}, and it {test.data.provider.saysPkce ? "says" : "does not say"} that
            it checks PKCE. Whether it takes the client id and secret shows at the first sign-in.
          </Notice>
        ) : null}
        {test.data?.works === false ? (
          <Notice tone="fail" title="The provider cannot be used">
            {test.data.problem}
          </Notice>
        ) : null}
        {test.error ? <ErrorState title="The provider was not asked" error={test.error} /> : null}
      </div>
    </div>
  );
}
