import type { Readiness } from "../api/types.ts";
import { Tag } from "./figures.tsx";

export type HealthPart = Readiness["checks"][number];

export function PartTag({ part }: { part: HealthPart }) {
  if (!part.ok) return <Tag kind="bad">not ok</Tag>;
  return part.degraded ? <Tag kind="warn">worse</Tag> : <Tag kind="good">ok</Tag>;
}
