/** A notification as each service takes it. */
import type { Notification } from './notification.js';

/** One request. */
export interface Message {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Discord refuses longer texts. */
const MAX_DISCORD_TEXT = 1900;
/** healthchecks keeps so much of a ping. */
const MAX_PING_TEXT = 10_000;

const RED = 0xc0392b;
const GREEN = 0x27ae60;

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

/** For a program. */
export function webhookMessage(url: string, json: string): Message {
  return { url, body: json, headers: JSON_TYPE };
}

/** For a channel of Discord. */
export function discordMessage(url: string, { text, failed, summary, error }: Notification): Message {
  const counts = summary
    ? Object.entries({ ...summary.verdicts }).flatMap(([name, value]) =>
        value > 0 ? [{ name, value: String(value), inline: true }] : [],
      )
    : [];
  const embed = {
    title: failed ? 'gapscan failed' : 'gapscan',
    description: (error?.hint ?? text).slice(0, MAX_DISCORD_TEXT),
    color: failed ? RED : GREEN,
    fields: counts,
  };
  // Nobody is to be called by whatever a message quotes.
  const body = { content: text.slice(0, MAX_DISCORD_TEXT), embeds: [embed], allowed_mentions: { parse: [] } };
  return { url, body: JSON.stringify(body), headers: JSON_TYPE };
}

/** For a topic of ntfy. */
export function ntfyMessage(url: string, { text, failed, error }: Notification): Message {
  const body = error?.hint ? `${text}\n${error.hint}` : text;
  const headers = failed
    ? { title: 'gapscan failed', priority: 'high', tags: 'warning' }
    : { title: 'gapscan', priority: 'default', tags: 'mag' };
  return { url, body, headers: { ...TEXT_TYPE, ...headers } };
}

/** For a check that expects a sign of life. */
export function pingMessage(check: string, signal: 'start' | 'success' | 'fail', text: string): Message {
  const url = new URL(check);
  if (signal !== 'success') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${signal}`;
  return { url: url.href, body: text.slice(-MAX_PING_TEXT), headers: TEXT_TYPE };
}
