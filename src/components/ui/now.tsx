"use client";

import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

/** What the clock says for texts such as "3 min ago"; `zone` is null until the browser has said which one it is in. */
interface Now {
  now: Date;
  zone: string | null;
}

const NowContext = createContext<Now>({ now: new Date(0), zone: null });

/**
 * Gives every relative time on the page one clock. The first value is the server's, so the browser's first render is the same text;
 * from then on the browser's clock moves it every ten seconds, corrected by how far it was from the server's.
 */
export function NowProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [now, setNow] = useState<Now>({ now: new Date(serverNow), zone: null });
  useEffect(() => {
    const ahead = Math.abs(Date.now() - serverNow) > 60_000 ? Date.now() - serverNow : 0;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const tick = () => setNow({ now: new Date(Date.now() - ahead), zone });
    tick();
    const timer = setInterval(tick, 10_000);
    return () => clearInterval(timer);
  }, [serverNow]);
  return <NowContext value={now}>{children}</NowContext>;
}

export function useNow(): Now {
  return useContext(NowContext);
}
