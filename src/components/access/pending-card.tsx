"use client";

import { useRouter } from "next/navigation";
import { useEffect, useTransition } from "react";
import { Button } from "~/components/ui/button";
import { StepCard } from "./step-card";

/** Seconds between two looks at whether an admin has decided. */
const LOOK_SECONDS = 15;

/** Somebody whom the provider vouches for and no admin has let in yet. Goes on by itself when one has. */
export function PendingCard({ email }: { email: string }) {
  const router = useRouter();
  const [looking, startLooking] = useTransition();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), LOOK_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <StepCard
      title="An admin has to let you in"
      say={`Your account (${email}) is made and may do nothing yet. Tell an admin that you wait; this page goes on by itself.`}
    >
      <Button busy={looking} onClick={() => startLooking(() => router.refresh())}>
        Look again
      </Button>
    </StepCard>
  );
}
