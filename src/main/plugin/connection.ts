/** What Stash hands to a task it starts: one JSON document on standard input. */
import { ConfigError } from '../errors.js';

/** How to reach the Stash that asks, and what it asks for. */
export interface PluginCall {
  readonly url: string;
  /** `name=value`; undefined where Stash has no login. */
  readonly cookie: string | undefined;
  /** The directory of Stash's own config. */
  readonly configDirectory: string | undefined;
  /** The directory of this plugin. */
  readonly pluginDirectory: string | undefined;
  readonly mode: PluginMode;
}

/** The two tasks. */
export type PluginMode = 'report' | 'queue';

type Fields = Readonly<Partial<Record<string, unknown>>>;

/** Addresses to listen on, which are none to talk to. */
const ANY_ADDRESS = ['', '0.0.0.0', '::', '[::]'];

/** Reads the document. @throws ConfigError */
export function readPluginCall(text: string): PluginCall {
  const document = fieldsOf(parse(text));
  const connection = fieldsOf(document['server_connection']);
  const { Scheme: scheme, Host: host, Port: port, SessionCookie: cookie, Dir: dir, PluginDir: pluginDir } = connection;
  if (scheme !== 'http' && scheme !== 'https') throw refuse('server_connection.Scheme to be http or https');
  const portNumber = Number(port);
  if (!Number.isInteger(portNumber) || portNumber < 1 || portNumber > 65_535) {
    throw refuse('server_connection.Port to be a port');
  }
  const url = `${scheme}://${hostOf(host)}:${portNumber}`;
  if (!URL.canParse(url)) throw refuse('server_connection.Host to be the name of a host');
  return {
    url,
    cookie: readCookie(cookie),
    configDirectory: textOf(dir),
    pluginDirectory: textOf(pluginDir),
    mode: readMode(fieldsOf(document['args'])['mode']),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What came is not quoted, and not kept as the cause: it may hold the session.
    throw refuse('JSON');
  }
}

function hostOf(host: unknown): string {
  if (typeof host !== 'string' || ANY_ADDRESS.includes(host)) return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function readCookie(cookie: unknown): string | undefined {
  const name = textOf(fieldsOf(cookie)['Name']);
  const value = textOf(fieldsOf(cookie)['Value']);
  if (name === undefined || value === undefined) return undefined;
  // A line break would make a header of its own.
  if (!/^[\x21-\x7e]+$/.test(name + value)) throw refuse('server_connection.SessionCookie to be a cookie');
  return `${name}=${value}`;
}

function readMode(mode: unknown): PluginMode {
  if (mode === 'report' || mode === 'queue') return mode;
  throw refuse('args.mode to be report or queue');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function refuse(expected: string): ConfigError {
  return new ConfigError(`Expected ${expected} on standard input`, {
    code: 'usage',
    hint: 'gapscan plugin is started by Stash, from its Tasks page; in a terminal use gapscan scan.',
  });
}
