// A scripted feed of the kind that signal channels send, priced from the market as it stands.

import type { Service } from "./service.ts";

interface Ticker {
  bid: number;
  ask: number;
}

/** `value` with as many digits as people write. */
function written(value: number): string {
  const digits = value >= 1_000 ? 1 : value >= 10 ? 2 : value >= 1 ? 3 : 5;
  return value.toFixed(digits);
}

type Text = (at: (percent: number) => string) => string;

interface Post {
  coin: string;
  channel: string;
  text: Text;
}

/** Targets and stops so near that they are reached while one waits. */
export const QUICK: Post[] = [
  ["SOL", "alpha-calls"],
  ["XRP", "alpha-calls"],
  ["DOGE", "night-desk"],
  ["ADA", "night-desk"],
  ["LTC", "whale-watch"],
  ["UNI", "whale-watch"],
].map(([coin, channel]) => ({
  coin: coin!,
  channel: channel!,
  text: (at) => `🟢 #${coin}/USDT SCALP\nEntry: market\nTP: ${at(0.05)}\nSL: ${at(-0.07)}`,
}));

/** What is still running when the pictures are taken. */
export const RUNNING: Post[] = [
  {
    coin: "BTC",
    channel: "alpha-calls",
    text: (at) =>
      `🚀 BTC/USDT LONG (swing)\n\nEntry: ${at(-0.2)} - ${at(0.4)}\n\n🎯 Targets:\n1) ${at(1.6)}\n2) ${at(3.1)}\n3) ${at(5.2)}\n\n🛑 Stop loss: ${at(-2.1)}\nLeverage: 5x`,
  },
  {
    coin: "ETH",
    channel: "whale-watch",
    text: (at) => `Buying ETH/USDT here at market.\nTP1 ${at(1.8)}, TP2 ${at(3.4)}\nstop ${at(-1.9)}`,
  },
  { coin: "LINK", channel: "night-desk", text: () => "Long #LINKUSDT now\nSL 3%\nTP 2% / 5%" },
  { coin: "AVAX", channel: "night-desk", text: (at) => `Kauf AVAX/USDT bei ${at(0.3)}\nZiel ${at(4)}\nStop ${at(-2.5)}` },
  {
    coin: "NEAR",
    channel: "alpha-calls",
    text: (at) => `NEAR/USDT\nBuy limit ${at(-1.5)}\nTP ${at(2.2)} ${at(4)}\nSL ${at(-4)}`,
  },
];

/** What must not be traded, each for another reason. */
export const OTHER: Post[] = [
  { coin: "BTC", channel: "whale-watch", text: () => "1,200 BTC moved to an exchange. Volatility ahead, stay safe everyone." },
  { coin: "ATOM", channel: "night-desk", text: (at) => `SHORT ATOM/USDT\nentry ${at(0)}\ntp ${at(-3)}\nsl ${at(2)}` },
  { coin: "BTC", channel: "alpha-calls", text: (at) => `BUY BTC/USDT now\nTarget ${at(2)}\nStop ${at(-1)}` },
  { coin: "SOL", channel: "alpha-calls", text: () => "✅ SOL target 1 hit, +4.2 % in 3 hours 🎉 Join VIP for more!" },
];

export async function post(service: Service, { coin, channel, text }: Post, id: string): Promise<string> {
  const ticker = await service.send<Ticker>("GET", `/exchange/ticker/${coin}USDT`);
  const at = (percent: number) => written(ticker.ask * (1 + percent / 100));
  const { trace_id } = await service.message(text(at), id, channel);
  return trace_id;
}
