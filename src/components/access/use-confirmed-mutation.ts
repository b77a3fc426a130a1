"use client";

import { type UseMutationOptions, type UseMutationResult, useMutation } from "@tanstack/react-query";
import { useConfirmFirst } from "./confirm-first";

/**
 * A mutation that asks for the password or second factor again where the server wants that, and is under way until it is answered.
 * Whoever does not confirm gets the server's refusal as its error.
 */
export function useConfirmedMutation<Data, Failure, Input, Context>(
  options: UseMutationOptions<Data, Failure, Input, Context>,
): UseMutationResult<Data, Failure, Input, Context> {
  const { run } = useConfirmFirst();
  const { mutationFn, ...rest } = options;
  return useMutation({
    ...rest,
    ...(mutationFn ? { mutationFn: (input, context) => run(() => mutationFn(input, context)) } : {}),
  });
}
