import type { Check } from "../api/types.ts";
import { Tag } from "./figures.tsx";

const KIND = { pass: "good", clamp: "signal", block: "bad", skip: "calm" } as const;

/** Every risk check with the numbers it used; what blocks stands first. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  if (checks.length === 0) return <p class="faint">No risk check ran: there was nothing to trade.</p>;
  const blocking = checks.filter((check) => check.result === "block");
  const rest = checks.filter((check) => check.result !== "block");
  return (
    <ul class="checks">
      {[...blocking, ...rest].map((check) => (
        <li key={check.name} class={`check-${check.result}`}>
          <Tag kind={KIND[check.result] ?? "calm"}>{check.result}</Tag>
          <span class="check-name">{check.name.replaceAll("_", " ")}</span>
          <span class="check-detail">{check.detail}</span>
        </li>
      ))}
    </ul>
  );
}
