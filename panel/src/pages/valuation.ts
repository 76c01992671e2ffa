import type { Position } from "../api/types.ts";
import type { LivePrice } from "../live/prices.ts";

/** Positions at the newest bid. Fees are in the service's figure; only the price's move is added. */
export function valued(positions: Position[], live: Record<string, LivePrice>): Position[] {
  return positions.map((position) => {
    const bid = live[position.symbol]?.bid;
    if (bid === undefined || position.price === null || position.unrealised_pnl === null) return position;
    const moved = (bid - position.price) * position.qty;
    return { ...position, price: bid, unrealised_pnl: position.unrealised_pnl + moved };
  });
}
