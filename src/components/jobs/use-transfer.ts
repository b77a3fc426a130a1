"use client";

import { useEffect, useRef, useState } from "react";
import { nextRate, secondsLeft, type TransferRate } from "~/domain/transfer-rate";
import type { Progress } from "~/protocol/v1";

/** Smoothed rate and time left of a job that is being watched; nulls until they are known. */
export function useTransfer(progress: Progress | null): {
  bytesPerSecond: number | null;
  secondsLeft: number | null;
} {
  const rate = useRef<TransferRate | null>(null);
  const [shown, setShown] = useState<{ bytesPerSecond: number | null; secondsLeft: number | null }>({
    bytesPerSecond: null,
    secondsLeft: null,
  });
  useEffect(() => {
    if (progress === null) return;
    rate.current = nextRate(rate.current, { at: new Date(progress.at), bytes: progress.originalBytes });
    setShown({
      bytesPerSecond: rate.current.bytesPerSecond,
      secondsLeft: secondsLeft(rate.current, progress.totalBytes),
    });
  }, [progress]);
  return shown;
}
