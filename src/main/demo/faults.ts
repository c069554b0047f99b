/** Knobs of the sample servers: everything a real server or the network between has been seen to do. */

/** What to do to one answer, instead of or on top of giving it. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Close the connection without an answer. */
  | { readonly kind: 'drop' }
  /** Announce the whole length, send half, close. */
  | { readonly kind: 'cut' }
  /** Send half as a whole, well-formed answer. */
  | { readonly kind: 'half' }
  /** Never answer. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Send the body in small pieces with a pause between. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly ms: number }
  /** Compress, asked or not. */
  | { readonly kind: 'gzip' }
  /** Replace the body; the status stays 200. */
  | { readonly kind: 'body'; readonly body: string; readonly type: string }
  /** Rewrite the body. */
  | { readonly kind: 'rewrite'; readonly rewrite: (body: string) => string };

/** One request as the fault chooser and the log see it. */
export interface SampleRequest {
  /** 1 for the first request of this server. */
  readonly number: number;
  readonly method: string;
  /** Path with query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Decides for each request; undefined answers it as it should be. */
export type FaultChooser = (request: SampleRequest) => Fault | undefined;
