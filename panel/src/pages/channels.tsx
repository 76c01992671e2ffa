import { Head } from "../parts/head.tsx";
import { Empty } from "../parts/states.tsx";

export function ChannelsPage() {
  return (
    <>
      <Head title="Channels" />
      <Empty title="No record yet" />
    </>
  );
}
