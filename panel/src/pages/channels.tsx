import type { Channel } from "../api/types.ts";
import * as number from "../format/number.ts";
import { about, useResource } from "../live/resource.ts";
import { Result } from "../parts/figures.tsx";
import { Head } from "../parts/head.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Empty, Load } from "../parts/states.tsx";
import { Ago } from "../parts/time.tsx";

export function ChannelsPage() {
  const concerns = about("SIGNAL_", "POSITION_CLOSED", "SHADOW_");
  const [channels, again] = useResource<{ channels: Channel[] }>("/channels", concerns);
  return (
    <>
      <Head title="Channels" />
      <Load resource={channels.value} retry={again} lines={8}>
        {(data) =>
          data.channels.length === 0 ? (
            <Empty title="No channel has been heard yet">
              With its first message a channel appears here; its record grows with every signal that ends.
            </Empty>
          ) : (
            <div class="cards">
              {data.channels.map((one) => (
                <ChannelCard key={`${one.source}/${one.channel ?? ""}`} channel={one} />
              ))}
            </div>
          )
        }
      </Load>
    </>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const decided = channel.won + channel.lost;
  const lines = [
    { kind: "faint" as const, values: [0, ...channel.curve.map((point) => point.shadow)] },
    { kind: "main" as const, values: [0, ...channel.curve.map((point) => point.realised)] },
  ];
  return (
    <article class="card channel">
      <header class="line">
        <h3>{channel.channel ?? channel.source}</h3>
        <span class="faint">
          {channel.source}, <Ago at={channel.last_message_at} />
        </span>
      </header>
      <Trust channel={channel} />
      <dl class="pairs">
        <Pair title="Messages" text={number.plain(channel.messages)} />
        <Pair title="Signals" text={number.plain(channel.signals)} />
        <Pair title="Won" text={decided === 0 ? "–" : `${channel.won} of ${decided}`} />
        <Pair title="Following" text={number.plain(channel.following)} />
        <Pair title="Mean R" text={channel.mean_r === null ? "–" : number.result(channel.mean_r)} />
      </dl>
      {channel.curve.length > 0 && <Sparkline label="Result" lines={lines} />}
      <p class="line channel-foot">
        <span>
          Traded <Result value={channel.pnl_realised} />
        </span>
        <span title="What its untraded signals would have come to, before fees">
          Only followed <Result value={channel.pnl_shadow} />
        </span>
      </p>
    </article>
  );
}

/** The factor on the model's confidence: 1 is neutral. */
function Trust({ channel }: { channel: Channel }) {
  const text = `× ${channel.trust.toFixed(2)}`;
  const place = (value: number) => `${Math.min(1, Math.max(0, value / 2)) * 100}%`;
  return (
    <div>
      <div class="gauge-line">
        <span>Trust</span>
        <span class="num">
          {text} {channel.trust !== channel.prior && <span class="faint">prior × {channel.prior.toFixed(2)}</span>}
        </span>
      </div>
      <div
        class="trust"
        role="meter"
        aria-label="Trust"
        aria-valuemin={0}
        aria-valuemax={2}
        aria-valuenow={channel.trust}
        aria-valuetext={text}
      >
        <i class="trust-neutral" />
        <i class="trust-now" style={{ left: place(channel.trust) }} />
      </div>
    </div>
  );
}

function Pair({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd class="num">{text}</dd>
    </div>
  );
}
