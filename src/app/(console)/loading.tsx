import { Skeleton, SkeletonRows } from "~/components/ui/skeleton";

export default function Loading() {
  return (
    <>
      <div className="grid gap-2">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      <SkeletonRows rows={8} />
    </>
  );
}
