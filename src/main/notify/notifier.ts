/** Tells whoever wants to know how a run went. Nothing that goes wrong here is the run's fault, so nothing is thrown. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetch } from 'undici';
import type { ValuesOf } from '../config/setting.js';
import type { NOTIFY_SETTINGS } from '../config/nightly-settings.js';
import { hostOf } from '../config/types/secret-urls.js';
import type { Terminal } from '../output/terminal.js';
import { replaceFile } from '../replace-file.js';
import { unreachable } from '../../shared/unreachable.js';
import { version } from '../version.js';
import { discordMessage, ntfyMessage, pingMessage, webhookMessage, type Message } from './messages.js';
import { isChange, isFailed, toNotification, toTold, type RunEnding, type ToldEnding } from './notification.js';

/** Who is told, and when. */
export type NotifyValues = ValuesOf<typeof NOTIFY_SETTINGS>;

const TIMEOUT_MS = 10_000;

/** One run's notifications. */
export class Notifier {
  readonly #values: NotifyValues;
  readonly #terminal: Terminal;
  readonly #begun: Promise<void>;

  /** Begins with the ping that a run has started. */
  constructor(values: NotifyValues, terminal: Terminal) {
    this.#values = values;
    this.#terminal = terminal;
    this.#begun = this.#sendAll(this.#pings('start', ''));
  }

  /** Tells of the end. @param stateDir where the last ending is remembered; undefined where nothing may be written */
  async finish(ending: RunEnding, stateDir: string | undefined, keepsState: boolean): Promise<void> {
    // A check that hears of the start after the end believes that the run goes on.
    await this.#begun;
    const file = stateDir === undefined ? undefined : join(stateDir, 'last-told.json');
    const last = file === undefined ? undefined : readTold(file);
    const changed = isChange(ending, last);
    const lines = [...this.#terminal.recent];
    const messages = this.#isWanted(ending, changed) ? this.#messages(ending, changed) : [];
    const signal = isFailed(ending) ? 'fail' : 'success';
    await this.#sendAll([...messages, ...this.#pings(signal, lines.join('\n'))]);
    if (file !== undefined && keepsState) await this.#remember(file, toTold(ending, last));
  }

  #isWanted(ending: RunEnding, changed: boolean): boolean {
    const when = this.#values.notifyWhen ?? 'changes';
    switch (when) {
      case 'never':
        return false;
      case 'errors':
        return isFailed(ending);
      case 'changes':
        return changed;
      case 'always':
        return true;
      default:
        return unreachable(when);
    }
  }

  #messages(ending: RunEnding, changed: boolean): Message[] {
    const { notifyWebhook = [], notifyDiscord = [], notifyNtfy = [] } = this.#values;
    const json = this.#terminal.safeJson(toNotification(ending, changed, version));
    const safe = JSON.parse(json) as ReturnType<typeof toNotification>;
    return [
      ...notifyWebhook.map((url) => webhookMessage(url, json)),
      ...notifyDiscord.map((url) => discordMessage(url, safe)),
      ...notifyNtfy.map((url) => ntfyMessage(url, safe)),
    ];
  }

  #pings(signal: 'start' | 'success' | 'fail', text: string): Message[] {
    return (this.#values.notifyPing ?? []).map((url) => pingMessage(url, signal, text));
  }

  async #sendAll(messages: readonly Message[]): Promise<void> {
    await Promise.all(messages.map((message) => this.#send(message)));
  }

  async #send({ url, body, headers }: Message): Promise<void> {
    const problem = await post(url, body, headers);
    if (problem !== undefined) this.#terminal.complain(`Warning: ${hostOf(url)} could not be notified: ${problem}`);
  }

  async #remember(file: string, told: ToldEnding): Promise<void> {
    try {
      mkdirSync(dirname(file), { recursive: true });
      await replaceFile(file, [JSON.stringify(told)]);
    } catch {
      this.#terminal.complain(`Warning: ${file} cannot be written, so the next run will not know what is a change`);
    }
  }
}

/** Returns what went wrong; nothing of the URL but its host may be in it. */
async function post(url: string, body: string, headers: Message['headers']): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error: unknown) {
    if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the request failed';
  }
}

function readTold(file: string): ToldEnding | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ToldEnding;
  } catch {
    // A first run, or a file that is none of ours: the worst that comes of it is one notification too many.
    return undefined;
  }
}
