import { useMutation, useQueryClient } from "@tanstack/react-query";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";

/** Makes new recovery codes and hands them over, to be shown once. Says so when it did not work. */
export function useMakeCodes(show: (codes: readonly string[]) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { run } = useConfirmFirst();
  const mutation = useMutation(trpc.secondFactor.makeRecoveryCodes.mutationOptions());
  async function make(): Promise<void> {
    try {
      const { codes } = await run(() => mutation.mutateAsync());
      show(codes);
      await queryClient.invalidateQueries(trpc.secondFactor.pathFilter());
    } catch (error) {
      toast.failed("No recovery codes were made", problemOf(error).say);
    }
  }
  return { make, busy: mutation.isPending };
}
