import type { Position } from "../api/types.ts";
import { post, sentence } from "../api/client.ts";
import * as number from "../format/number.ts";
import { Result, Tag } from "./figures.tsx";
import { HoldButton } from "./hold-button.tsx";
import { PositionChart } from "./position-chart.tsx";
import { Ladder } from "./ladder.tsx";
import { Settle } from "./settle.tsx";
import { Ago } from "./time.tsx";
import { say } from "./toast.tsx";

async function close(position: Position): Promise<void> {
  try {
    await post(`/positions/${encodeURIComponent(position.id)}/close`);
    say(`Closing ${number.pair(position.symbol)} at the market.`);
  } catch (error) {
    say(`Not closed: ${sentence(error)}`, true);
  }
}

export function PositionCard({ position }: { position: Position }) {
  const { plan } = position;
  return (
    <article class="card position">
      <header class="position-head">
        <h3>
          <a href={`#/trace/${position.trace_id}`}>{number.pair(position.symbol)}</a>
        </h3>
        <span class="position-pnl">
          <Result value={position.unrealised_pnl} />
          <small class="num">{number.change(position.entry_price, position.price)}</small>
        </span>
      </header>
      <PositionChart position={position} />
      <Ladder position={position} />
      <dl class="pairs">
        <div>
          <dt>Quantity</dt>
          <dd class="num">{number.quantity(position.qty)}</dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd class="num">{number.amount(position.cost)}</dd>
        </div>
        <div>
          <dt>Plan</dt>
          <dd>{plan === null ? "none yet" : plan.source}</dd>
        </div>
        <div>
          <dt>Opened</dt>
          <dd>
            <Ago at={position.opened_at} />
          </dd>
        </div>
      </dl>
      <footer class="position-foot">
        {position.protected ? (
          <Tag kind="good">protected</Tag>
        ) : (
          <Tag kind="bad">unprotected: {position.unprotected_because ?? "no plan in force"}</Tag>
        )}
        <Settle position={position} />
        {position.closing ? (
          <Tag kind="warn">closing</Tag>
        ) : (
          <HoldButton
            class="hold-small"
            label={`Hold to close ${number.pair(position.symbol)} at the market`}
            onHeld={() => void close(position)}
            onTap={() => say("Hold the button to sell at the market.")}
          >
            Hold to close
          </HoldButton>
        )}
      </footer>
    </article>
  );
}
