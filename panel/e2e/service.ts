// The real service in paper mode on the synthetic market, in a folder of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { JournalRecord } from "../src/api/types.ts";

const BINARY = process.env["LEVIBOT_BIN"] ?? fileURLToPath(new URL("../../target/debug/levibot", import.meta.url));
const READY_MS = 30_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export class Service {
  private process: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  /** Prepared, not running yet. */
  static async prepare(settings: Record<string, string> = {}): Promise<Service> {
    return new Service(mkdtempSync(join(tmpdir(), "levibot-panel-")), await freePort(), settings);
  }

  static async start(settings: Record<string, string> = {}): Promise<Service> {
    const service = await Service.prepare(settings);
    await service.run();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get logs(): string {
    return join(this.folder, "logs");
  }

  async run(): Promise<void> {
    const log = openSync(join(this.folder, "service.log"), "a");
    // A bare environment: no setting of this machine leaks in.
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: this.folder,
      TZ: "UTC",
      EXCHANGE: "PAPER",
      PAPER_MARKET: "sim",
      PORT: String(this.port),
      LOG_DIR: this.logs,
      PAPER_DIR: join(this.folder, "paper"),
      AUTO_ROUTE_ENABLED: "true",
      AUTO_ROUTE_DRY_RUN: "false",
      ...this.settings,
    };
    this.process = spawn(BINARY, [], { cwd: this.folder, env, stdio: ["ignore", log, log] });
    await this.ready();
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.process?.exitCode != null || Date.now() > deadline) {
        throw new Error(`the service did not come up; see ${this.folder}/service.log`);
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  /** Ends it: in good order, or as a power cut would. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    running.kill(signal);
    await once(running, "exit");
  }

  async remove(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async send<T>(method: string, path: string, body?: object): Promise<T> {
    const init: RequestInit = { method, headers: { "Content-Type": "application/json", ...this.key() } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const answer = await fetch(this.url + path, init);
    return (await answer.json()) as T;
  }

  private key(): Record<string, string> {
    const keys = this.settings["API_KEYS"];
    return keys === undefined ? {} : { "X-API-Key": keys };
  }

  /** A message as a channel would send it. */
  message(text: string, id: string, channel = "alpha"): Promise<{ trace_id: string; routed: boolean }> {
    return this.send("POST", "/signals/ingest-and-score", { text, source: "telegram", channel, message_id: id });
  }

  async events(type?: string): Promise<JournalRecord[]> {
    const query = type === undefined ? "" : `&type=${type}`;
    const answer = await this.send<{ events: JournalRecord[] }>("GET", `/events?limit=1000${query}`);
    return answer.events;
  }

  /** Adds records behind the last one, while the service does not run. */
  append(make: (last: JournalRecord) => JournalRecord[]): void {
    const day = readdirSync(this.logs).filter((name) => /^\d/.test(name)).sort().at(-1)!;
    const file = join(this.logs, day, "events.jsonl");
    const last = JSON.parse(readFileSync(file, "utf8").trimEnd().split("\n").at(-1)!) as JournalRecord;
    appendFileSync(file, make(last).map((record) => `${JSON.stringify(record)}\n`).join(""));
  }

  /** Waits for an event that fits; the journal is asked, not the panel. */
  async eventually(type: string, fits: (record: JournalRecord) => boolean = () => true): Promise<JournalRecord> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = (await this.events(type)).find(fits);
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`no ${type} in the journal that fits`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}
